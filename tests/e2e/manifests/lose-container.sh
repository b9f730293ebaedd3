# Ends a pod's sandbox and main process behind the runtime's back, on its node: PORT NAMESPACE. The worker that has the port stays, in no control
# group of the pod, as after a runtime that lost its records (rancher/rke2#1573): Kubernetes starts the pod anew beside it.
set -eu
workers() { ss -Htlnp "sport = :$1" | grep -o 'pid=[0-9]*' | cut -d= -f2; }
for process in $(workers "$1"); do
  if tr '\0' ' ' <"/proc/$process/cmdline" | grep -q worker; then
    for group in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do echo "$process" >"$group" || true; done 2>/dev/null
  else
    main=$process
  fi
done
# The kubelet may be faster, once the sandbox is gone: its SIGTERM must not reach the main process, which would tell the worker to end.
kill -STOP "$main"
of_pod="labels.\"io.kubernetes.pod.namespace\"==$2,labels.\"io.cri-containerd.kind\"==sandbox"
for sandbox in $(ctr -n k8s.io containers ls -q "$of_pod"); do
  ctr -n k8s.io tasks kill -s SIGKILL "$sandbox" || true  # one of an earlier run has no task any more
done
kill -KILL "$main" || ! [ -e "/proc/$main" ]  # unless the kubelet has done it
