#ifndef CORE_METHODS_SUCCESSOR_H
#define CORE_METHODS_SUCCESSOR_H

#include "core/endpoint/call.h"
#include "core/methods/provider.h"

/* The endpoint that takes the place of one that is deleted before: whether it can be made is asked
 * while the old one is there. Any thread. */

/* About the endpoint that the subject's inputs are of. ERR_INVALID: it can never be made. Any other
 * failure: nobody knows. Blocking and cancellable, for CALL_QUESTION_MS at most: that is the
 * context's deadline afterwards. */
enum err_code successor_ask(struct provider *provider, struct ctx *ctx, const struct cloud *cloud,
                            const struct call_subject *subject) MUST_USE;

/* Diff has told what the program asks for, and did not ask: options of the resource that it is not
 * told of (replaceOnChanges, deleteBeforeReplace) may still delete the endpoint first. So may
 * --replace and taint, without any Diff: then there is no id, and Check has seen what looked like
 * something new. The inputs are copied. */
void successor_note(struct provider *provider, const struct cloud *cloud, struct str urn,
                    struct str id, const struct value *inputs);
/* Before a Delete: of an endpoint whose program was noted, and neither updated nor made anew since,
 * it is the first half of a replacement. ERR_INVALID, and nothing is to be deleted, when the second
 * half can never be made; no answer is no refusal. Blocking and cancellable. */
enum err_code successor_refuse(struct provider *provider, struct ctx *ctx,
                               const struct cloud *cloud,
                               const struct delete_request *request) MUST_USE;

#endif
