#include "core/endpoint/call.h"
#include "core/endpoint/leftover.h"
#include "core/endpoint/leftover_int.h"
#include "core/endpoint/mark.h"
#include "core/endpoint/name.h"
#include "core/endpoint/pager.h"

/* What no create tells, because none follows: the program went back to what it was, or has no such
 * resource any more. By the mark, or by the digits of the name: a guess by name and declaration
 * would name the endpoint that another stack of the same program has made, and a replacement has
 * another declaration anyway (docs/decisions.md 10). */

/* `pulumi do` knows no resource. */
static bool is_sought(const struct cloud_call *call) {
    const struct cloud_tables *tables = call->cloud->tables;
    return (mark_is_possible(tables) || name_is_auto(call->inputs, &tables->name_rule)) &&
           pager_can_list(call->cloud) && call->urn.len > 0 && call->recorded != NULL;
}

/* A refresh and a destroy hear of each entry of the state in turn, and of no other before. */
static void tell(struct cloud_call *call, const struct leftover *one) {
    const struct cloud_tables *tables = call->cloud->tables;
    const char *proof = mark_is_possible(tables)
                            ? "carries the mark of this resource"
                            : "has a name that was made up for this resource, as its digits show";
    if (!leftover_is_news(call, one)) {
        return;
    }
    log_warning(&call->ctx->log,
                "%s: endpoint %p, made %p, %s, and no state "
                "that this run has seen holds it. It may be left over from a run that was cut off, "
                "and may be billed: bring it in (pulumi import %s <name> %p) or delete it "
                "(pulumi do %s delete %p --stateless). Leave it alone if another entry of this "
                "stack holds it, such as one that waits to be deleted, or another stack of the "
                "same name",
                tables->title, WORDS_ARG(call_told_id(call, one->id)),
                WORDS_ARG(leftover_age(call->ctx->arena, one)), proof, tables->token,
                WORDS_ARG(call_told_id(call, one->id)), tables->token,
                WORDS_ARG(call_told_id(call, call_whole_id(call, one->id))));
}

static void tell_of(struct cloud_call *call, const struct sweep *sweep) {
    struct leftover_search search = {.call = call};
    leftover_find(&search, sweep);
    for (size_t i = 0; i < search.count; i++) {
        tell(call, &search.found[i]);
    }
}

void leftover_tell_listed(struct cloud_call *call) {
    struct sweep sweep;
    if (is_sought(call) && sweep_latest(call, &sweep)) {
        tell_of(call, &sweep);
        sweep_end(&sweep);
    }
}

void leftover_tell_deleted(struct cloud_call *call) {
    struct sweep sweep;
    if (is_sought(call) && sweep_glance(call, &sweep)) {
        tell_of(call, &sweep);
        sweep_end(&sweep);
    }
}
