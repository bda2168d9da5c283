/* rule.c: finding a netfilter rule of a sample. */
#include <stdlib.h>

#include "rxpath/sample.h"

int rxpath_rule_order(const void *a, const void *b)
{
	const struct rxpath_rule *first = a;
	const struct rxpath_rule *second = b;

	return rxpath_slice_compare(first->name, second->name);
}

const struct rxpath_rule *rxpath_sample_find_rule(const struct rxpath_sample *sample,
						  struct rxpath_slice name)
{
	const struct rxpath_rule key = {.name = name};

	return sample->rule_count == 0 ? NULL
				       : bsearch(&key, sample->rules, sample->rule_count,
						 sizeof key, rxpath_rule_order);
}

const struct rxpath_rule *rxpath_sample_same_rule(const struct rxpath_sample *sample,
						  const struct rxpath_rule *rule)
{
	const struct rxpath_rule *found = rxpath_sample_find_rule(sample, rule->name);

	return found && found->table_id == rule->table_id && found->verdict == rule->verdict &&
			       rxpath_slice_equal(found->text, rule->text)
		       ? found
		       : NULL;
}
