#!/bin/sh
# picture.sh: a terminal's text with its colours on standard input, a picture of it (SVG) on standard
# output. See demo.sh beside it for how the README's is made.
#
#   picture.sh [dark|light] [COLUMNS]
set -u
theme=${1:-dark}
columns=${2:-80}

exec awk -v theme="$theme" -v columns="$columns" '
function escape(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}
# One line, cut at each change of colour.
function spans(line,    out, at, codes, style) {
	out = ""
	style = ""
	while ((at = index(line, "\033[")) > 0) {
		if (at > 1)
			out = out span(style, substr(line, 1, at - 1))
		line = substr(line, at + 2)
		at = index(line, "m")
		codes = substr(line, 1, at - 1)
		line = substr(line, at + 1)
		style = codes == "0" ? "" : codes
	}
	return out (line == "" ? "" : span(style, line))
}
function span(style, text) {
	if (style == "" || !(style in color))
		return escape(text)
	return "<tspan " color[style] ">" escape(text) "</tspan>"
}
BEGIN {
	dark = theme == "dark"
	paper = dark ? "#16181d" : "#ffffff"
	ink = dark ? "#d7dae0" : "#24292f"
	color["1;31"] = "font-weight=\"bold\" fill=\"" (dark ? "#ff7b72" : "#cf222e") "\""
	color["1;35"] = "font-weight=\"bold\" fill=\"" (dark ? "#d2a8ff" : "#8250df") "\""
	color["33"] = "fill=\"" (dark ? "#e3b341" : "#9a6700") "\""
	color["36"] = "fill=\"" (dark ? "#56d4dd" : "#1b7c83") "\""
	color["32"] = "fill=\"" (dark ? "#56d364" : "#1a7f37") "\""
	color["2"] = "fill=\"" (dark ? "#8b949e" : "#6e7781") "\""
}
{ lines[NR] = spans($0) }
END {
	width = columns * 8.43 + 32
	height = NR * 18 + 28
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" ", width, height
	printf "viewBox=\"0 0 %d %d\">\n", width, height
	printf "<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"%s\"/>\n", paper
	printf "<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\" "
	printf "fill=\"%s\">\n", ink
	for (i = 1; i <= NR; i++)
		printf "<text x=\"16\" y=\"%d\" xml:space=\"preserve\">%s</text>\n", i * 18 + 10, lines[i]
	print "</g>\n</svg>"
}'
