#ifndef CORE_ENDPOINT_REFUSAL_H
#define CORE_ENDPOINT_REFUSAL_H

#include "core/endpoint/cloud.h"
#include "core/props/prop.h"

/* Sentences about what a service refuses, for messages. In the call's arena; pure. */

/* The inputs that a refusal is about, by its code or by the service's fields, and the functions
 * that list their values; empty when it names none. Only a request with a body can have wrong
 * fields. */
struct words refusal_fields(struct cloud_call *call, const struct rest_reply *reply, bool has_body);
/* What a function asked for that the service refuses: its arguments with their values, the
 * functions that list those there are, and the place. */
struct words refusal_of_function(struct cloud_call *call);
/* Adds to the error of an update that was refused, or may have been made, what was to change, and
 * how to change it otherwise or to look. Returns
 * `code`. */
enum err_code refusal_of_update(struct cloud_call *call, const struct value *olds,
                                const struct value *news, enum err_code code) MUST_USE;
/* Adds to the error of an action without a reply that tells whether it was carried out, or of a
 * delete (call->removal), what the next run does about it, and how to look. Any other error, and
 * one that says what a look has shown, stays as it is. Returns `code`. */
enum err_code refusal_of_act(struct cloud_call *call, enum err_code code) MUST_USE;
/* Adds to the error of a create that was refused without a word of what to do which inputs were
 * sent, and what compares them. Returns `code`. */
enum err_code refusal_of_create(struct cloud_call *call, enum err_code code) MUST_USE;
/* What to do about the call's error, when a request without inputs was refused and nothing said so;
 * else empty. */
struct words refusal_advice(struct cloud_call *call, const struct operation *operation);
/* The paths, one behind the other. */
struct words refusal_paths(struct arena *arena, const struct prop_table *props,
                           const struct diff_list *diffs);
/* The command that makes the endpoint anew, and the resource option that does so at once for those
 * of the changes that the service may never make in place (docs/apis/ark.md 7.3). */
struct words refusal_replace_advice(struct cloud_call *call, const struct diff_list *diffs);

#endif
