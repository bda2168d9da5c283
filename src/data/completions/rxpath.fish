# fish completion for rxpath
set -l commands check run save diff totals metrics explain get help
set -l report "not __fish_seen_subcommand_from save metrics explain get help"
set -l check "not __fish_seen_subcommand_from run save diff totals metrics explain get help"

# Counters, behind the subject that was typed.
function __rxpath_allowances
	set -l subject ""
	set -l typed (string replace -r '^--allow=' '' -- (commandline -ct))
	string match -q '*:*' -- $typed
	and set subject (string replace -r '[^:]*$' '' -- $typed)
	for counter in (rxpath explain | awk '$1 != "finding" { print $3 }')
		echo $subject$counter
	end
end

# The formats of the reports of a command.
function __rxpath_forms
	rxpath help $argv[1] | awk '/--format FORM/ { for (i = 4; i < NF; i++) if ($i != "or") { sub(",", "", $i); print $i } }'
end

# The stages that are not in the list yet.
function __rxpath_stages
	set -l typed (string split , -- (string replace -r '^--stage=' '' -- (commandline -ct)))
	for stage in device softnet netfilter ip transport socket
		contains -- $stage $typed[1..-2]
		or echo $stage
	end
end

complete -c rxpath -f
complete -c rxpath -n __fish_use_subcommand -a check -d "sample, wait, sample, report"
complete -c rxpath -n __fish_use_subcommand -a run -d "report over a command's run"
complete -c rxpath -n __fish_use_subcommand -a save -d "write one sample"
complete -c rxpath -n __fish_use_subcommand -a diff -d "report between two samples"
complete -c rxpath -n __fish_use_subcommand -a totals -d "report one sample: since boot"
complete -c rxpath -n __fish_use_subcommand -a metrics -d "one sample as OpenMetrics text"
complete -c rxpath -n __fish_use_subcommand -a explain -d "what counters mean, what to do"
complete -c rxpath -n "__fish_seen_subcommand_from save diff totals" -F
complete -c rxpath -n "__fish_seen_subcommand_from run" -a "(__fish_complete_subcommand --fcs-skip=2 \
	-f --format -o --output -d --device --stage --fail-on --exit-code --allow --max-lost --netns --pid --root --endian --color)"
complete -c rxpath -n __fish_use_subcommand -a get -d "by how much counters rose"
complete -c rxpath -n __fish_use_subcommand -a help -d "the options of a command"
complete -c rxpath -n "__fish_seen_subcommand_from get" -a "(rxpath explain | awk '\$1 != \"finding\" { print \$3 }')"
complete -c rxpath -n "__fish_seen_subcommand_from get" -s i -l interval -x -d "seconds between samples"
complete -c rxpath -n "__fish_seen_subcommand_from get" -s f -l format -x -a "(__rxpath_forms get)"
complete -c rxpath -n "__fish_seen_subcommand_from help" -a "$commands"
complete -c rxpath -n "__fish_seen_subcommand_from explain" -a "(rxpath explain | awk '{ print \$3 }')"

complete -c rxpath -n $check -s i -l interval -x -d "seconds between samples"
complete -c rxpath -n $check -s c -l count -x -d "number of reports; 0: until interrupted"
complete -c rxpath -n "not __fish_seen_subcommand_from save diff totals metrics explain get help" -l trace -d "also read the drop tracepoints (as root)"
complete -c rxpath -n "not __fish_seen_subcommand_from save diff explain get help" -s N -l all-netns -d "every network namespace of the host"
complete -c rxpath -n $report -s f -l format -x -a "(__rxpath_forms check)" -d "format of the report"
complete -c rxpath -n $report -s a -l all -d "also what did not change"
complete -c rxpath -n $report -s q -l quiet -d "no report, only the exit status"
complete -c rxpath -n $report -s d -l device -x -a "(command ls /sys/class/net)" -d "only counters of these devices"
complete -c rxpath -n $report -l stage -x -a "(__fish_complete_list , __rxpath_stages)" -d "only these stages"
complete -c rxpath -n $report -l fail-on -x -a "drop suspect pressure reject never" -d "mildest kind that fails"
complete -c rxpath -n $report -l exit-code -x -d "status when something failed"
complete -c rxpath -n $report -l allow -x -a "(__rxpath_allowances)" -d "tolerate a counter"
complete -c rxpath -n $report -l max-lost -x -d "tolerate up to N lost packets"
complete -c rxpath -n $report -l endian -x -a "little big" -d "byte order of files made elsewhere"
complete -c rxpath -l rules -d "netfilter rules also where there are more than 10,000"
complete -c rxpath -n $report -l color -x -a "auto always never" -d "when to use colour"
complete -c rxpath -s o -l output -r -F -d "write to a file, replaced only when complete"
complete -c rxpath -l netns -x -a "(command ls /run/netns 2>/dev/null)" -d "examine that network namespace"
complete -c rxpath -l pid -x -a "(__fish_complete_pids)" -d "examine the network namespace of a process"
complete -c rxpath -l root -x -a "(__fish_complete_directories)" -d "read DIR/proc and DIR/sys"
complete -c rxpath -s h -l help -d "help"
complete -c rxpath -s V -l version -d "version"
