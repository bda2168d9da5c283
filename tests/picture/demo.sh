#!/bin/sh
# demo.sh: a feed that is read too slowly, in a network namespace of its own, and COMMAND run beside it.
#
#	sh tests/picture/demo.sh ./rxpath --color always        (root, iproute2, perl-base)
#
# The README's picture:
#	sh tests/picture/demo.sh script -qc 'stty cols 80 rows 32; LC_ALL=C.UTF-8 ./rxpath' /dev/null |
#		tr -d '\r' | sh tests/picture/picture.sh > tests/picture/report.svg
set -eu
name=rxpath-demo-$$
ip netns add "$name"
trap 'kill $feed 2>/dev/null; ip netns del "$name"' EXIT
ip -n "$name" link set lo up
ip netns exec "$name" perl -e '
	use Socket;
	socket(my $receiver, PF_INET, SOCK_DGRAM, 0) or die;
	setsockopt($receiver, SOL_SOCKET, SO_RCVBUF, 65536);
	bind($receiver, sockaddr_in(9999, INADDR_LOOPBACK)) or die;
	if (my $sender = fork) {
		$SIG{TERM} = sub { kill "TERM", $sender; exit };
		# The kernel shows the name that a process gives itself.
		$0 = "md-recv";
		while (1) { recv($receiver, my $datagram, 2048, 0); select undef, undef, undef, 0.002 }
	}
	$0 = "md-feed";
	close($receiver);
	socket(my $socket, PF_INET, SOCK_DGRAM, 0) or die;
	connect($socket, sockaddr_in(9999, INADDR_LOOPBACK));
	while (1) { send($socket, "x" x 200, 0) for 1 .. 40; select undef, undef, undef, 0.01 }
' &
feed=$!
sleep 1
ip netns exec "$name" "$@" || true
