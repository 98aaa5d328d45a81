#ifndef CORE_PROPS_PROP_H
#define CORE_PROPS_PROP_H

#include "core/failures.h"
#include "core/props/path.h"
#include "core/tables.h"

/* Walks over a property table. All results live in ctx->arena; inputs are never changed. Pure but
 * for warnings in the log (prop_check): no network, no clock. */

/* Row of that name; NULL when the table has none. */
const struct prop *prop_find(const struct prop_table *table, struct str name);
struct prop_table prop_members(const struct prop *row);

/* Validates `news` and gives the checked inputs: nulls dropped, secret rows wrapped and added to
 * ctx->redact, everything else as the user wrote it. Unknown values skip their rules. Keys that
 * start with "__" are dropped without a word; one that nobody knows may be a setting of the cloud's
 * (NULL: of none). */
const struct value *prop_check(struct ctx *ctx, const struct prop_table *table,
                               const struct cloud_tables *cloud, const struct value *news,
                               struct failures *failures);

/* ERR_INVALID when a value below is unknown: outside a preview there are none, and a service must
 * not see one. */
enum err_code prop_need_known(struct ctx *ctx, const struct value *inputs) MUST_USE;

/* Whether a text matches a pattern of a table, or another constant: it is kept compiled. Any
 * thread.
 */
bool prop_matches(const char *pattern, struct str text);

/* Whether an item of an exposed map or list looks like a token; `name` is its key, or what
 * prop_argument_name says. */
bool prop_is_exposed_token(struct str name, const struct value *item);
/* What an item of a list of arguments is the value of: "--api-key" for the one behind that, and for
 * "--api-key=x"; empty when nothing says. A view. */
struct str prop_argument_name(const struct value *list, size_t index);

/* The value that counts: what is set, else the row's default, else NULL. */
const struct value *prop_effective(const struct prop *row, const struct value *value);
/* The allowed value that a text spells, here or as the service does; NULL when none. */
const struct prop_value *prop_allowed(const struct prop *row, struct str text);
/* The service's spelling of an allowed value; any other text as it is. */
struct str prop_wire_text(const struct prop *row, struct str text);
/* True when the service would see no difference: spellings, order of sets, defaults, null and
 * absent, secret flags. */
bool prop_equal(const struct prop *row, const struct value *a, const struct value *b);
/* The same fraction, whether the service keeps it in 64 bits or in 32; whole numbers only if they
 * are the same. */
bool prop_numbers_equal(double a, double b);
/* Whether `kept` is what remains of `asked` when it is rounded to as many decimals as `kept` has.
 */
bool prop_is_rounded(double asked, double kept);
/* Live values, with the inputs' own fraction where the live one is that, rounded, and is still as
 * it was recorded: what the service made of it, and nobody's change. */
const struct value *prop_as_kept(struct ctx *ctx, const struct prop_table *table,
                                 const struct value *live, const struct value *recorded,
                                 const struct value *inputs);
/* Are the lists of this row compared as sets? Not when they are longer than any service takes: each
 * item would be compared with each, on the thread that also answers Cancel. */
bool prop_is_set(const struct prop *row, const struct value *a, const struct value *b);

/* Differences from old to new inputs, one entry for each deepest path that differs. */
struct diff_list {
    struct ctx *ctx;
    const struct str *ignored; /* ignoreChanges patterns */
    size_t ignored_count;
    bool switches; /* what is `switched` changes in place */
    struct diff_entry *entries;
    size_t count;
    size_t capacity;
    bool restarts; /* a row among them says that its change does (`interrupts`) */
};
void prop_diff(struct diff_list *diffs, const struct prop_table *table, const struct value *olds,
               const struct value *news);
bool diff_kind_replaces(enum diff_kind kind);
void diff_list_add(struct diff_list *diffs, struct str path, enum diff_kind kind, bool replace);

/* Request bodies. A create carries every set input (and defaults where the row says so), an update
 * only what differs. */
struct value *prop_encode_create(struct ctx *ctx, const struct prop_table *table,
                                 const struct value *inputs);
/* Every property an update may carry, for services that take an update only whole: what is not set
 * is sent as its default, or as what clears it. */
struct value *prop_encode_whole(struct ctx *ctx, const struct prop_table *table,
                                const struct value *news);
struct value *prop_encode_update(struct ctx *ctx, const struct prop_table *table,
                                 const struct value *olds, const struct value *news);
/* The body, with what the live object has beside it and no row knows, or a row keeps (`clear:
 * keep`), in each object that an update sends whole: otherwise that would be gone. In a `form`
 * (NULL: the body is none) every object is sent whole, but of the endpoint itself, whose answer
 * shows more than can be set, only what the form keeps. Maps are complete as they are, and of a
 * choice (`one_of`) only what was chosen has members. */
struct value *prop_keep_unknown(struct ctx *ctx, const struct prop_table *table,
                                const struct form_table *form, const struct value *body,
                                const struct value *live);
/* Names of the live object's members that hold something and neither a row nor the form tells: they
 * may be settings that a form resets. The first twenty. */
struct value *prop_doubtful(struct ctx *ctx, const struct prop_table *table,
                            const struct form_table *form, const struct value *live);
/* Whether the body of an update holds an object that is sent whole and can hold more than that. */
bool prop_sends_whole(const struct prop_table *table, const struct value *body);
/* Whether an update that goes from the old inputs to the new ones sends what the pattern names
 * (ignoreChanges), though that does not differ: it is in a form, or in something that is sent
 * whole. Not of what no look shows, nor of an item of a set, which may be at another place there.
 */
bool prop_repeats(struct ctx *ctx, const struct prop_table *table, bool is_form,
                  const struct value *olds, const struct value *news, struct str pattern);
/* One value as the service spells it. */
const struct value *prop_encode_value(struct ctx *ctx, const struct prop *row,
                                      const struct value *value);

/* Live object -> property values of all rows (inputs and outputs). What the reply lacks is absent.
 */
struct value *prop_decode(struct ctx *ctx, const struct prop_table *table,
                          const struct value *wire);
/* Where a reply has the row's value, below the object that the row's table is of; NULL when it
 * lacks it. */
const struct value *prop_at_wire(const struct prop *row, const struct value *wire);
/* Stars instead of a value. */
bool prop_is_mask(const struct value *value);
/* The paths of what a live object has for a choice (`one_of`) and no row knows; `path` is where the
 * object is. */
void prop_unknown_variants(struct diff_list *unknown, const struct prop_table *table,
                           const struct value *wire, const struct path *path);
/* Outputs after a create or an update: live values, under what was asked (the user's spelling,
 * secrets). */
struct value *prop_outputs(struct ctx *ctx, const struct prop_table *table,
                           const struct value *live, const struct value *inputs);
/* Inputs after a refresh: the old ones, with live values where they differ; what the user never set
 * appears only where it left its default. */
struct value *prop_refresh(struct ctx *ctx, const struct prop_table *table,
                           const struct value *live, const struct value *old_inputs);
/* Whether the news, a map, say a key that the row hides (`hidden`) and the olds do not: no refresh
 * would show it. */
bool prop_adds_hidden(const struct prop *row, const struct value *olds, const struct value *news);
/* The map of the row, or none (NULL), with the hidden keys that only the live one has. */
const struct value *prop_with_hidden(struct ctx *ctx, const struct prop *row,
                                     const struct value *value, const struct value *live);
/* Stands in for old inputs that the state does not hold: the new inputs, with the values of the old
 * outputs. What only the service filled in is no difference. */
struct value *prop_old_inputs(struct ctx *ctx, const struct prop_table *table,
                              const struct value *outputs, const struct value *news);
/* What a live object that is taken over counts as the old inputs: only what `inputs` ask for, or
 * what left its default. Write-only and resolved values are never among them, so that those are
 * sent. */
struct value *prop_adopt(struct ctx *ctx, const struct prop_table *table, const struct value *live,
                         const struct value *inputs);
/* Smallest inputs that reproduce the live object. */
struct value *prop_import(struct ctx *ctx, const struct prop_table *table,
                          const struct value *live);
/* Paths that were asked for and are not in the live object, compared with the rows' comparers;
 * write-only, resolved, ignored and local rows are exempt. Only what differs between olds and news
 * is looked at when olds is not NULL. */
void prop_unapplied(struct diff_list *diffs, const struct prop_table *table,
                    const struct value *olds, const struct value *news, const struct value *live);
/* What `prop_lasting` compares: old and new inputs, and what the service showed before the change
 * (NULL: nobody looked) and shows now. */
struct lasting {
    const struct value *olds;
    const struct value *news;
    const struct value *before;
    const struct value *live;
};
/* Paths that the program took out, where a value of the service's own may stand (`clear: reset`,
 * and any scalar), but that still show what they were: in the program, or by somebody's change that
 * the look before showed. The service's own choice may be the same. What prop_unapplied tells is
 * not among them. */
void prop_lasting(struct diff_list *diffs, const struct prop_table *table,
                  const struct lasting *sides);
/* Does the program take out a value in whose place the service may put one of its own? Only a look
 * before the change tells whose it is; what is sent whole is looked at anyway. */
bool prop_leaves_to_service(const struct prop_table *table, const struct value *olds,
                            const struct value *news);
/* Has a row below that flag? */
bool prop_has(const struct prop_table *table, unsigned flag);
/* The inputs below rows with that flag, and the inputs without them. */
struct value *prop_only(struct ctx *ctx, const struct prop_table *table, unsigned flag,
                        const struct value *inputs);
struct value *prop_without(struct ctx *ctx, const struct prop_table *table, unsigned flag,
                           const struct value *inputs);
/* The values, with what `from` has below rows with that flag, or without it; all of that unknown
 * where `from` is. */
struct value *prop_exchange(struct ctx *ctx, const struct prop_table *table, unsigned flag,
                            const struct value *values, const struct value *from);
/* Does no live object tell what was sent of it last? What replaces the endpoint was sent once. */
bool prop_is_untold(const struct prop *row);
/* The inputs, with what no live object tells (write-only and resolved values) as the outputs in the
 * state have it: what was really sent. Outputs that are NULL say nothing. */
const struct value *prop_recorded(struct ctx *ctx, const struct prop_table *table,
                                  const struct value *recorded, const struct value *inputs);
/* Outputs without what no live object tells and differs between olds and news: of a request whose
 * outcome is not known, neither may be taken for what was sent. */
const struct value *prop_forget_sent(struct ctx *ctx, const struct prop_table *table,
                                     const struct value *olds, const struct value *news,
                                     const struct value *outputs);
/* Outputs of a preview: inputs, and unknown for every output that is not set. With old inputs and
 * outputs (both NULL for a create): what an update cannot change keeps its value. */
struct value *prop_preview(struct ctx *ctx, const struct prop_table *table,
                           const struct value *inputs, const struct value *old_inputs,
                           const struct value *olds);

#endif
