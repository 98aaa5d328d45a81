/* A switch of the model, as the service shows it. */
#include "clouds/ark/rolling.h"

#include "clouds/clouds.h"
#include "core/props/prop.h"

/* "Running", "Reverting" and "Reverted" were seen; these are what others may sound like
 * (docs/apis/ark.md 17.1). None is a word of success: only the endpoint tells when all has moved.
 */
static const char *const undone[] = {"revert",  "cancel", "rollback", "rollingback", "rolledback",
                                     "abort",   "fail",   "error",    "terminat",    "reject",
                                     "expired", "closed", "stopped"};

static bool is_undone(struct str status) {
    for (size_t i = 0; i < sizeof(undone) / sizeof(undone[0]); i++) {
        if (str_contains_nocase(status, str_of(undone[i]))) {
            return true;
        }
    }
    return false;
}

static bool ends_in_ing(struct str status) {
    return status.len > 3 &&
           str_is_nocase(str_slice(status, status.len - 3, status.len), STR("ing"));
}

static enum rolling_state state_of(struct str status) {
    if (!is_undone(status)) {
        return ROLLING_RUNNING;
    }
    bool goes_on = ends_in_ing(status) || str_contains_nocase(status, STR("rollingback"));
    return goes_on ? ROLLING_REVERTING : ROLLING_OVER;
}

double rolling_number(const struct value *map, const char *path, double most, double usual) {
    double number = value_number_at(map, path, usual);
    return number > 0 && number <= most ? number : usual;
}

static void read_info(const struct value *info, struct rolling *out) {
    *out = (struct rolling){
        .status = value_text_at(info, "Status"),
        .to = value_at(info, "RollingIn"),
        .from = value_at(info, "RollingOut"),
        .percent = value_number_at(info, "RollingGray", 0),
        .step = rolling_number(info, "RollingStrategy.Step", ROLLING_MOST_STEP, ROLLING_STEP),
        .minutes = rolling_number(info, "RollingStrategy.WaitDuration", ROLLING_MOST_MINUTES,
                                  ROLLING_MINUTES),
        .description = value_text_at(info, "Description"),
    };
    out->state = state_of(out->status);
    out->tells_end = value_is_number(value_at(info, "RollingGray")) &&
                     str_is_nocase(out->status, STR("Running"));
}

enum err_code rolling_get(struct cloud_call *call, struct str id, struct rolling *out) {
    struct value *body = value_map(call->ctx->arena);
    struct rest_reply reply;
    value_map_set_text(call->ctx->arena, body, "Id", id);
    TRY(cloud_send(call, "rollingGet", body, &reply));
    const struct value *info = value_at(reply.result, "RollingInfo");
    if (!value_is_map(info)) {
        return ctx_fail(call->ctx, ERR_UNAVAILABLE,
                        "%s: what the service answers about switch %.*s is not understood",
                        call->cloud->tables->title, STR_ARG(id));
    }
    read_info(info, out);
    out->id = arena_str(call->ctx->arena, id);
    return ERR_OK;
}

bool rolling_has_arrived(const struct rolling *rolling, const struct value *wire) {
    const struct value *serves = value_at(wire, "ModelReference.FoundationModel");
    return rolling->state == ROLLING_RUNNING && rolling->to != NULL &&
           str_is(value_text_at(serves, "Name"), value_text_at(rolling->to, "Name")) &&
           str_is(value_text_at(serves, "ModelVersion"),
                  value_text_at(rolling->to, "ModelVersion"));
}

enum err_code rolling_of(struct cloud_call *call, const struct value *wire, struct rolling *out) {
    struct str id = value_text_at(wire, "RollingId");
    *out = (struct rolling){.state = ROLLING_OVER};
    if (id.len == 0) {
        return ERR_OK;
    }
    enum err_code code = rolling_get(call, id, out);
    if (code == ERR_NOT_FOUND) { /* the endpoint may show one that the service has forgotten */
        error_clear(&call->ctx->error);
        *out = (struct rolling){.state = ROLLING_OVER};
        return ERR_OK;
    }
    TRY(code);
    if (rolling_has_arrived(out, wire)) {
        out->state = ROLLING_OVER;
    }
    return ERR_OK;
}

const struct value *rolling_put(struct arena *arena, const struct value *wire,
                                const struct rolling *rolling) {
    struct value *shown = value_map(arena);
    struct value *out = value_map_clone(arena, wire);
    value_map_set_text(arena, shown, "Id", rolling->id);
    value_map_set_text(arena, shown, "Status", rolling->status);
    value_map_set_text(arena, shown, "From", rolling_model_text(arena, rolling->from));
    value_map_set_text(arena, shown, "To", rolling_model_text(arena, rolling->to));
    value_map_set_c(arena, shown, "RollingGray", value_number(arena, rolling->percent));
    if (rolling->state == ROLLING_RUNNING && rolling->to != NULL) {
        value_map_set_c(arena, shown, "RollingIn", value_copy(arena, rolling->to));
    }
    value_map_set_c(arena, out, "Rolling", shown);
    return out;
}

/* As it was told last, while the endpoint shows the same one and not its end. */
static const struct value *show_recorded(struct cloud_call *call, const struct value *wire) {
    struct arena *arena = call->ctx->arena;
    const struct value *known = value_at(call->recorded, "rolling");
    struct str serves = rolling_model_text(arena, value_at(wire, "ModelReference.FoundationModel"));
    struct str to = value_text_at(known, "to");
    if (!str_is(value_text_at(known, "id"), value_text_at(wire, "RollingId")) ||
        str_is(serves, to)) {
        return wire;
    }
    const struct rolling rolling = {
        .id = value_text_at(known, "id"),
        .status = value_text_at(known, "status"),
        .percent = value_number_at(known, "percent", 0),
    };
    struct value *out = value_map_clone(arena, rolling_put(arena, wire, &rolling));
    struct value *shown = value_map_clone(arena, value_at(out, "Rolling"));
    value_map_set_text(arena, shown, "From", value_text_at(known, "from"));
    value_map_set_text(arena, shown, "To", to);
    value_map_set_c(arena, out, "Rolling", shown);
    return out;
}

/* Not worth a failed look: who may read the endpoint may not be allowed to read its switch. */
const struct value *rolling_show(struct cloud_call *call, const struct value *wire) {
    struct error kept = error_keep(&call->ctx->error);
    struct rolling rolling;
    if (rolling_of(call, wire, &rolling) != ERR_OK) {
        error_put_back(&call->ctx->error, &kept);
        return show_recorded(call, wire);
    }
    return rolling.state == ROLLING_OVER ? wire : rolling_put(call->ctx->arena, wire, &rolling);
}

bool rolling_is_model(const struct value *model, const struct value *inputs) {
    const struct value *asked = value_at(inputs, "modelReference.foundationModel");
    return model != NULL && asked != NULL &&
           str_is(value_text_at(model, "Name"), value_text_at(asked, "name")) &&
           str_is(value_text_at(model, "ModelVersion"), value_text_at(asked, "modelVersion"));
}

bool rolling_is_served(const struct value *wire, const struct value *inputs) {
    return rolling_is_model(value_at(wire, "ModelReference.FoundationModel"), inputs);
}

static struct str joined(struct arena *arena, struct str name, struct str version) {
    return version.len == 0 ? name
                            : arena_printf(arena, "%.*s-%.*s", STR_ARG(name), STR_ARG(version));
}

struct str rolling_model_text(struct arena *arena, const struct value *model) {
    return joined(arena, value_text_at(model, "Name"), value_text_at(model, "ModelVersion"));
}

struct str rolling_asked_text(struct arena *arena, const struct value *inputs) {
    const struct value *asked = value_at(inputs, "modelReference.foundationModel");
    return joined(arena, value_text_at(asked, "name"), value_text_at(asked, "modelVersion"));
}

/* {FoundationModel: model} as the inputs spell it. */
static const struct value *reference_of(struct ctx *ctx, const struct value *model) {
    struct value *shown = value_map(ctx->arena);
    value_map_set_c(ctx->arena, shown, "FoundationModel", model);
    struct prop_table members = prop_members(prop_find(&ark_tables.props, STR("modelReference")));
    return prop_decode(ctx, &members, shown);
}

void rolling_adjust_import(struct ctx *ctx, const struct observation *seen, struct value *inputs) {
    const struct value *to = value_at(seen->wire, "Rolling.RollingIn");
    if (value_is_map(to)) {
        value_map_set_c(ctx->arena, inputs, "modelReference", reference_of(ctx, to));
    }
}

/* What was asked for is on its way: what serves until then is no change of it. */
void rolling_adjust_refresh(struct ctx *ctx, const struct observation *seen,
                            const struct value *old_inputs, struct value *inputs) {
    const struct value *asked = value_get_set(old_inputs, STR("modelReference"));
    const struct value *rolling = value_at(seen->wire, "Rolling");
    bool goes_there =
        rolling != NULL && state_of(value_text_at(rolling, "Status")) == ROLLING_RUNNING &&
        str_is(value_text_at(rolling, "To"), rolling_asked_text(ctx->arena, old_inputs));
    if (asked != NULL && goes_there) {
        value_map_set_c(ctx->arena, inputs, "modelReference", asked);
    }
}
