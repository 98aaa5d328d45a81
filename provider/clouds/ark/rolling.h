#ifndef CLOUDS_ARK_ROLLING_H
#define CLOUDS_ARK_ROLLING_H

#include "core/endpoint/cloud.h"

/* A rolling switch of an endpoint's model: the traffic moves by steps, the id stays
 * (docs/apis/ark.md 17). Results live in the call's arena; any thread. */

enum rolling_state {
    ROLLING_OVER = 0, /* or there is none */
    ROLLING_RUNNING,
    ROLLING_REVERTING
};

struct rolling {
    enum rolling_state state;
    struct str id;
    struct str status;        /* the service's word */
    const struct value *to;   /* {Name, ModelVersion}, or NULL */
    const struct value *from; /* or NULL */
    double percent;
    bool tells_end; /* the share and the status are such that 100 will be told */
    double step;    /* per cent */
    double minutes;
    struct str description; /* carries the mark of who began it (core/endpoint/mark.h) */
};

/* Per cent and minutes that the service goes by as long as nobody asks for others. */
#define ROLLING_STEP 2
#define ROLLING_MINUTES 1
/* The most that either can be. */
#define ROLLING_MOST_STEP 100
#define ROLLING_MOST_MINUTES 1440

/* The number there; `usual` when it is none, not above 0, or above `most`. Pure. */
double rolling_number(const struct value *map, const char *path, double most, double usual);

/* Reads one switch. Fails as cloud_send does. */
enum err_code rolling_get(struct cloud_call *call, struct str id, struct rolling *out) MUST_USE;
/* The one that the live endpoint shows and that still goes on; none is ROLLING_OVER. */
enum err_code rolling_of(struct cloud_call *call, const struct value *wire,
                         struct rolling *out) MUST_USE;
/* The live endpoint with what the rows expect of its switch; as it is when none goes on, or nothing
 * tells. */
const struct value *rolling_show(struct cloud_call *call, const struct value *wire);
const struct value *rolling_put(struct arena *arena, const struct value *wire,
                                const struct rolling *rolling);
/* Has all moved, as the live endpoint itself shows? Its switch may still be told. */
bool rolling_has_arrived(const struct rolling *rolling, const struct value *wire);
/* Is the model {Name, ModelVersion} what the inputs ask for? */
bool rolling_is_model(const struct value *model, const struct value *inputs);
/* Does the live endpoint serve what the inputs ask for? */
bool rolling_is_served(const struct value *wire, const struct value *inputs);
/* "<name>-<version>", of {Name, ModelVersion} or of the inputs. */
struct str rolling_model_text(struct arena *arena, const struct value *model);
struct str rolling_asked_text(struct arena *arena, const struct value *inputs);

/* Hooks: what a switch that goes on means for the inputs of an import and of a refresh. */
void rolling_adjust_import(struct ctx *ctx, const struct observation *seen, struct value *inputs);
void rolling_adjust_refresh(struct ctx *ctx, const struct observation *seen,
                            const struct value *old_inputs, struct value *inputs);

/* What goes on at an endpoint. */
struct situation {
    struct observation seen;
    struct rolling rolling;
};

/* A fresh look; an endpoint that is gone is an error. */
enum err_code rolling_look(struct cloud_call *call, struct situation *out) MUST_USE;
bool rolling_goes_on(const struct situation *at);
bool rolling_goes_to(const struct situation *at, const struct value *news);
/* Was it begun by this resource? */
bool rolling_is_ours(struct cloud_call *call, const struct rolling *rolling);
/* Says that one to another model is left alone. */
enum err_code rolling_refuse_foreign(struct cloud_call *call,
                                     const struct rolling *rolling) MUST_USE;
/* What asks for a switch to the model of the news, with a new mark. */
struct value *rolling_request(struct cloud_call *call, const struct value *news);
/* Begins one. What was begun, by whomever, is in *at; it is an error when nothing shows it. */
enum err_code rolling_begin(struct cloud_call *call, const struct value *news,
                            struct situation *at) MUST_USE;
/* Looks until one that a reply promised shows at the endpoint; that it does not is an error. */
enum err_code rolling_find(struct cloud_call *call, const struct value *news,
                           struct situation *at) MUST_USE;
/* Takes it back. What came of it is in *at; a refusal is no error when it is over all the same. */
enum err_code rolling_cancel(struct cloud_call *call, struct situation *at) MUST_USE;

/* What is waited for. */
enum rolling_goal {
    ROLLING_UNTIL_SERVED,  /* the endpoint itself shows what the news ask for */
    ROLLING_UNTIL_REVERTED /* the switch is over */
};
/* Waits with a live line of progress; a switch that ends another way is an error. `wire` goes in as
 * the endpoint was seen last; *seen comes out as last seen, whatever the result. */
enum err_code rolling_wait(struct cloud_call *call, const struct rolling *rolling,
                           enum rolling_goal goal, const struct value *news,
                           struct observation *seen) MUST_USE;
/* The pause before the next look, after one of `delay_ms` (0: none yet): grows up to two minutes,
 * and not past the end that is expected. Pure. */
int64_t rolling_pause_ms(int64_t delay_ms, double minutes_left);
/* Minutes until all has moved, as the switch goes now. Pure. */
double rolling_minutes_left(const struct rolling *rolling);

extern const struct cloud_switching rolling_switching;

#endif
