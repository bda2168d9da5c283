/* nfttext.c: the conditions of netfilter's rules in nft's words, as far as they can be told. */
#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <netinet/in.h>
#include <string.h>

#include "nfttext.h"
#include "nftrule.h"
#include "rxpath/nlmsg.h"

enum form {
	FORM_NUMBER,
	FORM_HOST_NUMBER,
	FORM_NAME,
	FORM_IPV4,
	FORM_IPV6,
	FORM_PROTOCOL,
	FORM_STATE
};

/* What a register holds: the words for it, and how its values are written. */
struct loaded {
	const char *words; /* NULL: it cannot be put into words */
	enum form form;
	unsigned prefix; /* bits of an address that are compared; 0: all */
	bool masked;	 /* a mask that is no prefix was applied */
	bool told;	 /* the condition was written when its mask was */
};

/* Registers are named twice: 1 to 4 of 16 bytes, and from 8 on of 4 (NFT_REG32_00). */
#define REGISTERS 24

struct reader {
	struct rxpath_buf *out;
	unsigned versions; /* the IP versions that its conditions let through */
	struct loaded registers[REGISTERS];
	const char *protocol; /* "udp", where a condition before says so; else "th" */
	bool gap;	      /* "..." was written last */
};

static unsigned register_of(struct rxpath_slice data, unsigned short attribute)
{
	uint32_t number = nft_u32(data, attribute);

	return number < REGISTERS ? number : 0;
}

static const struct {
	const char *words;
	unsigned versions;
	uint32_t base, offset, len;
	enum form form;
} payloads[] = {
	{"ip saddr", RXPATH_OVER_IPV4, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, FORM_IPV4},
	{"ip daddr", RXPATH_OVER_IPV4, NFT_PAYLOAD_NETWORK_HEADER, 16, 4, FORM_IPV4},
	{"ip protocol", RXPATH_OVER_IPV4, NFT_PAYLOAD_NETWORK_HEADER, 9, 1, FORM_PROTOCOL},
	{"ip6 saddr", RXPATH_OVER_IPV6, NFT_PAYLOAD_NETWORK_HEADER, 8, 16, FORM_IPV6},
	{"ip6 daddr", RXPATH_OVER_IPV6, NFT_PAYLOAD_NETWORK_HEADER, 24, 16, FORM_IPV6},
	{"ip6 nexthdr", RXPATH_OVER_IPV6, NFT_PAYLOAD_NETWORK_HEADER, 6, 1, FORM_PROTOCOL},
	{"sport", RXPATH_OVER_BOTH, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 2, FORM_NUMBER},
	{"dport", RXPATH_OVER_BOTH, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, FORM_NUMBER},
};

/* Offsets alone are ambiguous: the TTL of IPv4 is where IPv6 has the first byte of an address. */
static struct loaded load_payload(struct rxpath_slice data, unsigned versions)
{
	uint32_t base = nft_u32(data, NFTA_PAYLOAD_BASE);
	uint32_t offset = nft_u32(data, NFTA_PAYLOAD_OFFSET);
	uint32_t len = nft_u32(data, NFTA_PAYLOAD_LEN);

	for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
		/* nft loads only those bytes of an address that the prefix needs. */
		bool address = payloads[i].form == FORM_IPV4 || payloads[i].form == FORM_IPV6;

		if (payloads[i].base == base && payloads[i].offset == offset &&
		    (payloads[i].versions | versions) == payloads[i].versions &&
		    (payloads[i].len == len || (address && len < payloads[i].len)))
			return (struct loaded){.words = payloads[i].words,
					       .form = payloads[i].form,
					       .prefix = len < payloads[i].len ? len * 8 : 0};
	}
	return (struct loaded){0};
}

static struct loaded load_meta(struct rxpath_slice data)
{
	static const struct {
		const char *words;
		uint32_t key;
		enum form form;
	} keys[] = {
		{"meta l4proto", NFT_META_L4PROTO, FORM_PROTOCOL},
		{"iifname", NFT_META_IIFNAME, FORM_NAME},
		{"oifname", NFT_META_OIFNAME, FORM_NAME},
		{"meta mark", NFT_META_MARK, FORM_HOST_NUMBER},
		{"meta nfproto", NFT_META_NFPROTO, FORM_NUMBER},
	};
	uint32_t key = nft_u32(data, NFTA_META_KEY);

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].key == key)
			return (struct loaded){.words = keys[i].words, .form = keys[i].form};
	return (struct loaded){0};
}

static struct loaded load_ct(struct rxpath_slice data)
{
	if (nft_u32(data, NFTA_CT_KEY) == NFT_CT_STATE)
		return (struct loaded){.words = "ct state", .form = FORM_STATE};
	return (struct loaded){0};
}

unsigned nft_prefix_of(struct rxpath_slice mask)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < 8 * mask.len; i++) {
		bool set = mask.ptr[i / 8] >> (7 - i % 8) & 1;

		if (set && bits < i)
			return 0;
		bits += set;
	}
	return bits;
}

static struct rxpath_slice value_of(struct rxpath_slice data, unsigned short attribute)
{
	return rxpath_nlmsg_attribute(rxpath_nlmsg_attribute(data, attribute), NFTA_DATA_VALUE);
}

static const struct rxpath_bit ct_states[] = {
	{1, "invalid"}, {2, "established"}, {4, "related"},
	{8, "new"},	{64, "untracked"},  {0, NULL},
};

/* NULL: none is known. */
static const char *protocol_name(uint64_t number)
{
	switch (number) {
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMPV6:
		return "ipv6-icmp";
	case IPPROTO_SCTP:
		return "sctp";
	default:
		return NULL;
	}
}

void nft_put_protocol(struct rxpath_buf *out, uint64_t number)
{
	const char *name = protocol_name(number);

	if (name)
		rxpath_buf_string(out, name);
	else
		rxpath_buf_u64(out, number);
}

void nft_put_address(struct rxpath_buf *out, int family, struct rxpath_slice bytes, unsigned prefix)
{
	unsigned char address[16] = {0};
	char text[INET6_ADDRSTRLEN];

	memcpy(address, bytes.ptr, bytes.len < sizeof address ? bytes.len : sizeof address);
	if (inet_ntop(family, address, text, sizeof text))
		rxpath_buf_string(out, text);
	if (prefix > 0)
		rxpath_buf_printf(out, "/%u", prefix);
}

static void put_value(struct rxpath_buf *out, const struct loaded *loaded,
		      struct rxpath_slice value)
{
	if (value.len == 0) {
		rxpath_buf_string(out, "?");
		return;
	}
	switch (loaded->form) {
	case FORM_NAME:
		/* A prefix ("eth*") is compared without the NUL that a whole name ends with. */
		rxpath_buf_escaped(out, rxpath_nlmsg_string(value), "");
		if (rxpath_nlmsg_string(value).len == value.len)
			rxpath_buf_char(out, '*');
		break;
	case FORM_IPV4:
		nft_put_address(out, AF_INET, value, loaded->prefix);
		break;
	case FORM_IPV6:
		nft_put_address(out, AF_INET6, value, loaded->prefix);
		break;
	case FORM_PROTOCOL:
		nft_put_protocol(out, nft_big_endian(value, 1));
		break;
	case FORM_STATE:
		rxpath_put_bits(out, ct_states, rxpath_nlmsg_u32(value, 0, 0));
		break;
	case FORM_HOST_NUMBER:
		rxpath_buf_u64(out, rxpath_nlmsg_u32(value, 0, 0));
		break;
	case FORM_NUMBER:
		rxpath_buf_u64(out, nft_big_endian(value, value.len < 8 ? value.len : 8));
		break;
	}
}

static void put_gap(struct reader *reader)
{
	if (!reader->gap)
		rxpath_buf_string(reader->out, reader->out->len > 0 ? " ..." : "...");
	reader->gap = true;
}

/* "udp dport", with a blank before it unless it is the first; false where there are no words for
 * it. */
static bool put_words(struct reader *reader, const struct loaded *loaded)
{
	if (!loaded->words || loaded->masked) {
		put_gap(reader);
		return false;
	}
	if (reader->out->len > 0)
		rxpath_buf_char(reader->out, ' ');
	if (strcmp(loaded->words, "sport") == 0 || strcmp(loaded->words, "dport") == 0)
		rxpath_buf_printf(reader->out, "%s ", reader->protocol);
	rxpath_buf_string(reader->out, loaded->words);
	reader->gap = false;
	return true;
}

/* "meta l4proto udp" before "udp dport" only names the protocol, so it is not written. */
static bool takes_protocol(struct reader *reader, const struct loaded *loaded,
			   struct rxpath_slice value, struct rxpath_slice rest)
{
	struct nft_expression next;
	const char *name;

	if (loaded->form != FORM_PROTOCOL || value.len == 0)
		return false;
	name = protocol_name(nft_big_endian(value, 1));
	reader->protocol = name ? name : "th";
	return name && nft_next_expression(&rest, &next) && nft_is(&next, "payload") &&
	       nft_u32(next.data, NFTA_PAYLOAD_BASE) == NFT_PAYLOAD_TRANSPORT_HEADER;
}

static void read_cmp(struct reader *reader, struct rxpath_slice data, struct rxpath_slice rest)
{
	static const char *const operators[] = {"", "!= ", "< ", "<= ", "> ", ">= "};
	const struct loaded *loaded = &reader->registers[register_of(data, NFTA_CMP_SREG)];
	uint32_t comparison = nft_u32(data, NFTA_CMP_OP);
	struct rxpath_slice value = value_of(data, NFTA_CMP_DATA);

	if (comparison >= sizeof operators / sizeof *operators) {
		put_gap(reader);
		return;
	}
	if (comparison == NFT_CMP_EQ && takes_protocol(reader, loaded, value, rest))
		return;
	/* The states in the mask have been written already. */
	if (loaded->told)
		return;
	/* The words that follow ("ip saddr", "ip6 saddr") show the IP version. */
	if (loaded->words && strcmp(loaded->words, "meta nfproto") == 0)
		return;
	if (!put_words(reader, loaded))
		return;
	rxpath_buf_printf(reader->out, " %s", operators[comparison]);
	put_value(reader->out, loaded, value);
}

static void read_bitwise(struct reader *reader, struct rxpath_slice data)
{
	struct loaded loaded = reader->registers[register_of(data, NFTA_BITWISE_SREG)];
	struct rxpath_slice mask = value_of(data, NFTA_BITWISE_MASK);
	bool address = loaded.form == FORM_IPV4 || loaded.form == FORM_IPV6;

	if (loaded.form == FORM_STATE && loaded.words && !loaded.masked) {
		put_words(reader, &loaded);
		rxpath_buf_char(reader->out, ' ');
		rxpath_put_bits(reader->out, ct_states, rxpath_nlmsg_u32(mask, 0, 0));
		loaded.told = true;
	} else {
		loaded.prefix = address ? nft_prefix_of(mask) : 0;
		loaded.masked = loaded.prefix == 0;
	}
	reader->registers[register_of(data, NFTA_BITWISE_DREG)] = loaded;
}

static void read_lookup(struct reader *reader, struct rxpath_slice data)
{
	const struct loaded *loaded = &reader->registers[register_of(data, NFTA_LOOKUP_SREG)];
	struct rxpath_slice set = rxpath_nlmsg_text(data, NFTA_LOOKUP_SET);
	uint32_t flags = nft_u32(data, NFTA_LOOKUP_FLAGS);

	if (!put_words(reader, loaded))
		return;
	rxpath_buf_string(reader->out, nft_looks_up_verdicts(data) ? " vmap "
				       : flags & NFT_LOOKUP_F_INV  ? " != "
								   : " ");
	/* A name that nft made says nothing. */
	if (rxpath_slice_starts(set, "__")) {
		rxpath_buf_string(reader->out, "{...}");
		return;
	}
	rxpath_buf_char(reader->out, '@');
	rxpath_buf_escaped(reader->out, set, "");
}

static void read_range(struct reader *reader, struct rxpath_slice data)
{
	const struct loaded *loaded = &reader->registers[register_of(data, NFTA_RANGE_SREG)];

	if (!put_words(reader, loaded))
		return;
	rxpath_buf_string(reader->out,
			  nft_u32(data, NFTA_RANGE_OP) == NFT_RANGE_NEQ ? " != " : " ");
	put_value(reader->out, loaded, value_of(data, NFTA_RANGE_FROM_DATA));
	rxpath_buf_char(reader->out, '-');
	put_value(reader->out, loaded, value_of(data, NFTA_RANGE_TO_DATA));
}

static void read_match(struct reader *reader, struct rxpath_slice data)
{
	if (reader->out->len > 0)
		rxpath_buf_char(reader->out, ' ');
	rxpath_buf_string(reader->out, "-m ");
	rxpath_buf_escaped(reader->out, rxpath_nlmsg_text(data, NFTA_MATCH_NAME), "");
	reader->gap = false;
}

/* An unknown expression may have changed any register. */
static void read_unknown(struct reader *reader)
{
	memset(reader->registers, 0, sizeof reader->registers);
	put_gap(reader);
}

static void read_expression(struct reader *reader, const struct nft_expression *expression,
			    struct rxpath_slice rest)
{
	struct rxpath_slice data = expression->data;

	if (nft_is(expression, "payload"))
		reader->registers[register_of(data, NFTA_PAYLOAD_DREG)] =
			load_payload(data, reader->versions);
	else if (nft_is(expression, "meta"))
		reader->registers[register_of(data, NFTA_META_DREG)] = load_meta(data);
	else if (nft_is(expression, "ct"))
		reader->registers[register_of(data, NFTA_CT_DREG)] = load_ct(data);
	else if (nft_is(expression, "bitwise"))
		read_bitwise(reader, data);
	else if (nft_is(expression, "cmp"))
		read_cmp(reader, data, rest);
	else if (nft_is(expression, "lookup"))
		read_lookup(reader, data);
	else if (nft_is(expression, "range"))
		read_range(reader, data);
	else if (nft_is(expression, "match") && !nft_is_comment(expression))
		read_match(reader, data);
	else if (!nft_lets_all_pass(expression))
		read_unknown(reader);
}

void nft_rule_text(struct rxpath_slice attributes, unsigned versions, struct rxpath_buf *out)
{
	struct rxpath_slice list = rxpath_nlmsg_attribute(attributes, NFTA_RULE_EXPRESSIONS);
	struct reader reader = {.out = out, .versions = versions, .protocol = "th"};
	struct nft_expression expression;

	while (nft_next_expression(&list, &expression))
		read_expression(&reader, &expression, list);
}
