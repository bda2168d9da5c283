# bash completion for rxpath
# Counters; with "all" also findings.
_rxpath_names() {
	rxpath explain 2>/dev/null | awk -v all="$1" '$1 != "finding" || all { print $3 }'
}

# The formats of the reports of a command.
_rxpath_forms() {
	rxpath help "$1" 2>/dev/null |
		awk '/--format FORM/ { for (i = 4; i < NF; i++) if ($i != "or") { sub(",", "", $i); print $i } }'
}

_rxpath() {
	local cur prev command word i head=
	local commands='check run save diff totals metrics explain get help'
	local stages='device softnet netfilter ip transport socket'
	local report='--format --all --output --quiet --device --stage --fail-on --exit-code --allow --max-lost
		--netns --pid --root --endian --rules --color --help --version'

	COMPREPLY=()
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	# bash splits words at "=" and ":". Find the option before the first part.
	[[ $cur == [:=] ]] && cur=
	i=$COMP_CWORD
	while ((i > 1)) && [[ ${COMP_WORDS[i]} == [:=] || ${COMP_WORDS[i - 1]} == [:=] ]]; do
		((i--))
	done
	if [[ $i -lt $COMP_CWORD && ${COMP_WORDS[i]} == -* ]]; then
		prev=${COMP_WORDS[i]}
	else
		prev=${COMP_WORDS[i - 1]}
	fi
	command=check
	word=${COMP_WORDS[1]}
	[[ " $commands " == *" $word "* && $COMP_CWORD -gt 1 ]] && command=$word

	# The words after -- belong to the command.
	if [[ $command == run ]]; then
		for ((i = 2; i < COMP_CWORD; i++)); do
			if [[ ${COMP_WORDS[i]} == -- ]] && declare -F _command_offset >/dev/null; then
				_command_offset $((i + 1))
				return
			fi
		done
	fi
	case $prev in
	-f | --format) COMPREPLY=($(compgen -W "$(_rxpath_forms "$command")" -- "$cur")); return ;;
	--fail-on) COMPREPLY=($(compgen -W 'drop suspect pressure reject never' -- "$cur")); return ;;
	--endian) COMPREPLY=($(compgen -W 'little big' -- "$cur")); return ;;
	--color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
	--allow)
		# A subject may stand before the counter, in one word where bash does not split at ":".
		[[ $cur == *:* ]] && head=${cur%:*}:
		COMPREPLY=($(compgen -P "$head" -W "$(_rxpath_names)" -- "${cur##*:}"))
		return
		;;
	--stage)
		[[ $cur == *,* ]] && head=${cur%,*},
		for i in ${head//,/ }; do stages=" $stages " stages=${stages/ $i / }; done
		COMPREPLY=($(compgen -P "$head" -W "$stages" -- "${cur##*,}"))
		return
		;;
	-d | --device)
		COMPREPLY=($(compgen -W "$(ls /sys/class/net 2>/dev/null)" -- "$cur"))
		return
		;;
	--netns)
		COMPREPLY=($(compgen -W "$(ls /run/netns 2>/dev/null)" -- "$cur"))
		return
		;;
	--pid) COMPREPLY=($(compgen -W "$(cd /proc && echo [0-9]*)" -- "$cur")); return ;;
	--root) COMPREPLY=($(compgen -d -- "$cur")); return ;;
	-o | --output) COMPREPLY=($(compgen -f -- "$cur")); return ;;
	-i | --interval | -c | --count | --exit-code | --max-lost) return ;;
	esac
	if [[ $cur == -* ]]; then
		case $command in
		check) word="$report --interval --count --trace --all-netns" ;;
		run) word="$report --trace --all-netns" ;;
		totals) word="$report --all-netns" ;;
		save) word='--output --netns --pid --root --rules --help --version' ;;
		metrics) word='--output --all-netns --netns --pid --root --rules --help --version' ;;
		explain) word='--output --help --version' ;;
		get) word='--interval --format --output --netns --pid --root --rules --help --version' ;;
		help) word= ;;
		*) word=$report ;;
		esac
		COMPREPLY=($(compgen -W "$word" -- "$cur"))
		return
	fi
	case $command in
	diff | save | totals) COMPREPLY=($(compgen -f -- "$cur")) ;;
	explain) COMPREPLY=($(compgen -W "$(_rxpath_names all)" -- "$cur")) ;;
	get) COMPREPLY=($(compgen -W "$(_rxpath_names)" -- "$cur")) ;;
	help) COMPREPLY=($(compgen -W "$commands" -- "$cur")) ;;
	run) COMPREPLY=($(compgen -c -- "$cur")) ;;
	*) [[ $COMP_CWORD -eq 1 ]] && COMPREPLY=($(compgen -W "$commands" -- "$cur")) ;;
	esac
}
complete -F _rxpath rxpath
