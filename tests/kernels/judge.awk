# Reads the serial log of a guest: prints the report of each failure, then a line of figures.
# NAME is the kernel's; FIGURES the file for "passed failed skipped release machine", FAILED the one for
# the names of the faults that failed.
{ sub(/\r$/, "") }
/^guest: Linux / { release = $3; machine = $4; sub(/,$/, "", machine) }
/^guest: done / { done = 1; seconds = $(NF - 1) }
/^\[ RUN      \] / { fault = $NF; story = ""; next }
fault == "" { last = $0; next }
/^\[       OK \] / { passed++; fault = ""; next }
/^\[  SKIPPED \] / { skipped++; fault = ""; next }
/^\[  FAILED  \] / {
	failed++
	print fault > FAILED
	printf "%s: %s failed:\n%s", NAME, fault, story
	fault = ""
	next
}
{ story = story "    " $0 "\n" }
END {
	if (!done && fault != "") {
		failed++
		printf "%s: the guest ended in %s:\n%s", NAME, fault, story
	} else if (!done) {
		failed++
		printf "%s: the guest did not finish: %s\n", NAME, last
	}
	printf "%s: %d passed, %d failed, %d skipped in %d s\n", NAME, passed, failed, skipped, seconds
	print passed + 0, failed + 0, skipped + 0, release, machine > FIGURES
}
