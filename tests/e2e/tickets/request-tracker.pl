# Puts three accounts and some tickets into a fresh Request Tracker, and prints what the tests need to know, as NAME=value.
use strict;
use warnings;
use RT -init;

sub must { my ($done, $why) = @_; die "$why\n" unless $done; return $done }

sub account {
    my ($name, @rights) = @_;
    my $user = RT::User->new(RT->SystemUser);
    my $password = join '', map { sprintf '%02x', int rand 256 } 1 .. 16;
    must($user->Create(Name => $name, Privileged => 1, Password => $password, EmailAddress => "$name\@example.com"));
    my $queue = RT::Queue->new(RT->SystemUser);
    $queue->Load('General');
    must($user->PrincipalObj->GrantRight(Right => $_, Object => $queue)) for @rights;
    return ($user, $password);
}

my @seeing = qw(SeeQueue ShowTicket ShowTicketComments);
my ($on_call, $password) = account('oncall', @seeing, 'CommentOnTicket', 'CreateTicket');
my ($stranger, $strangers) = account('stranger');
my ($reader, $readers) = account('reader', @seeing);
my $token = RT::AuthToken->new(RT->SystemUser);
my ($made, $why, $words) = $token->Create(Owner => $on_call->id, Description => 'e2e');
must($made, $why);

my @tickets = map {
    my $ticket = RT::Ticket->new(RT->SystemUser);
    my ($id, undef, $reason) = $ticket->Create(Queue => 'General', Subject => 'Shop front does not come up on node1');
    must($id, $reason);
} 1 .. 3;

print "RT_TOKEN=$words\n";
print "RTUSER=oncall\nRTPASSWD=$password\n";
print "RT_STRANGER=$strangers\nRT_READER=$readers\n";
print 'RT_TICKETS=', join(',', @tickets), "\n";
