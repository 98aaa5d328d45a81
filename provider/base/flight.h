#ifndef BASE_FLIGHT_H
#define BASE_FLIGHT_H

#include "base/ctx.h"

/* Keyed single flight: of the calls that need the same thing at the same time one, the leader, gets
 * it, and the others wait for what it brings. What was brought last stays for those who come later.
 * All functions: any thread, blocking only where it says so. */
struct flight_group;

/* One flight, as one call takes part in it: from flight_begin or flight_latest to flight_release.
 */
struct flight;

/* `what` begins the sentence that tells a waiting call that it was cancelled; a literal. The caller
 * owns the result; when it is freed nobody takes part in a flight any more. NULL is harmless. */
struct flight_group *flight_group_new(const struct clock *clock, const char *what);
void flight_group_free(struct flight_group *group);

/* The time a flight may have begun when any that has succeeded will do. */
#define FLIGHT_ANY_TIME INT64_MIN

/* Joins the flight of that key that has succeeded or is under way and did not begin before
 * `since_ms` (in the clock's now_ms), or else begins one, after the one that is under way. Blocks
 * while another call leads; wakes at once when that ends, and when this call is cancelled. ERR_OK:
 * *out is the caller's, to be released; see flight_is_led. Else nothing is held and ctx->error
 * tells why: cancelled, past the deadline, or the flight that was waited for failed. */
enum err_code flight_begin(struct flight_group *group, struct ctx *ctx, struct str key,
                           int64_t since_ms, struct flight **out) MUST_USE;

/* True: the caller is the leader and ends the flight by exactly one of the three functions below,
 * however it comes out. False: the flight has succeeded. */
bool flight_is_led(const struct flight *flight);
/* Brings what was needed: `data`, which lives in `arena`, is not changed from now on, and goes with
 * the arena (wiped) once the next flight has succeeded, or it is forgotten, and nobody holds it. */
void flight_succeed(struct flight *flight, struct arena *arena, const void *data);
/* Fails with ctx->error all who wait and would have taken what it brings; its message is masked by
 * what the leader knows as secret. Being cancelled is the leader's own affair: then as
 * flight_hand_over. */
void flight_fail(struct flight *flight, const struct ctx *ctx);
/* Ends without telling how: one of those who wait leads the next. */
void flight_hand_over(struct flight *flight);

/* The latest that has succeeded, held for the caller; NULL when there is none. Does not block. */
struct flight *flight_latest(struct flight_group *group, struct str key);
/* What a flight that succeeded brought; valid until flight_release. */
const void *flight_data(const struct flight *flight);
/* Whoever comes from now on does not get this one: what it brought has turned out to be of no use.
 */
void flight_forget(struct flight *flight);
/* Whether the caller is the first, in the life of the group, that asks for this key: for what is
 * done once. False, too, when the call is cancelled while it waits for another one that asks the
 * same; it leaves no error. */
bool flight_is_first(struct flight_group *group, struct ctx *ctx, struct str key);
/* Ends the caller's part. */
void flight_release(struct flight *flight);

#endif
