# Puts two accounts and an issue into a fresh Redmine, and prints what the tests need to know, as NAME=value.
Setting.rest_api_enabled = '1'
Setting.attachment_max_size = '300' # KiB
Redmine::DefaultData::Loader.load('en') if Redmine::DefaultData::Loader.no_data?
Role.givable.first.tap { |role| role.add_permission!(:edit_own_issue_notes) unless role.has_permission?(:edit_own_issue_notes) }

def account(login)
  User.new(firstname: login.capitalize, lastname: 'E2E', mail: "#{login}@example.com", language: 'en').tap do |user|
    user.login = login
    user.password = user.password_confirmation = SecureRandom.hex(16)
    user.save!
  end
end

project = Project.create!(name: 'Shop', identifier: 'e2e-shop', is_public: false, enabled_module_names: %w[issue_tracking], trackers: Tracker.all)
on_call, stranger, reader = account('oncall'), account('stranger'), account('reader')
Member.create!(project: project, principal: on_call, roles: [Role.givable.first])
reading = Role.create!(name: 'Reading only', permissions: %i[view_issues])
Member.create!(project: project, principal: reader, roles: [reading])
issues = 3.times.map do
  Issue.create!(project: project, tracker: Tracker.first, author: on_call, status: IssueStatus.first,
                priority: IssuePriority.first, subject: 'Shop front does not come up on node1')
end
puts "REDMINE_API_KEY=#{on_call.api_key}"
puts "REDMINE_STRANGER=#{stranger.api_key}"
puts "REDMINE_READER=#{reader.api_key}"
puts "REDMINE_ISSUES=#{issues.map(&:id).join(',')}"
