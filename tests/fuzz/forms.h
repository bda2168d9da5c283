/* forms.h: what every report has to look like, whatever it was made from. */
#ifndef RXPATH_FUZZ_FORMS_H
#define RXPATH_FUZZ_FORMS_H

#include <stdbool.h>

#include "rxpath/report.h"
#include "rxpath/scan.h"

/* Each ends the program, saying where and what, when the bytes break the form's promise. */

/* Printable ASCII and newlines alone; with `color` also the sequences that set a colour. */
void form_text(struct rxpath_slice bytes, bool color);

/* A header and lines of ten columns, none of them empty; `many`: an empty line at the end. */
void form_tsv(struct rxpath_slice bytes, bool many);

/* One object of JSON (RFC 8259) on one line, in UTF-8, without anything that a terminal obeys. */
void form_json(struct rxpath_slice bytes);

/* Lines of OpenMetrics in ASCII: comments, or NAME{LABEL="VALUE",...} NUMBER; "# EOF" at the
 * end. */
void form_metrics(struct rxpath_slice bytes);

/* The lost of the lines add up to the stages', and those to the report's. */
void form_sums(const struct rxpath_report *report);

/* A recording of the kernel's drop events: "==> NAME <==" and the file of that name, as
 * fixtures/trace has them. */
void fuzz_trace(struct rxpath_slice text);

#endif
