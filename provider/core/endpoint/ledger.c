#include "core/endpoint/ledger.h"

#include <pthread.h>
#include <search.h>
#include <string.h>

#include "base/mem.h"
#include "base/platform.h"

struct ledger {
    pthread_mutex_t mutex;
    void *tree; /* of rows, POSIX tsearch */
};

/* Of a row: the mark of one entry of the state and the URN of its resource, or the id of an
 * endpoint that may be left over and the words that tell of it. The texts lie behind it. */
struct note {
    struct note *next;
    struct str text;
    struct str words;
    bool stays; /* of an entry: it counts for every resource */
};

/* One endpoint of a resource; with an empty id the resource itself, with an empty URN the endpoint
 * whosever it is. The texts lie behind it. */
struct row {
    struct str urn;
    struct str id;
    struct ledger_entry entry;
    struct note *marks;   /* of the endpoint whosever it is: of its entries */
    struct note *guesses; /* of the resource */
    bool checked;         /* of the resource: since its last Diff */
    bool declared;        /* of the resource: by the program */
    bool changed;         /* of the endpoint whosever it is: by this process */
    bool is_new;          /* of the same: in no state before this run */
    bool leaving;         /* of the same: it is being deleted by this process */
    /* Of a resource the claim to its name, of a claim the resource: held while both agree. Of the
     * endpoint whosever it is that of the resource, while its entry is in the state. */
    struct row *other;
    struct row *unmarked;  /* of the resource: the endpoint that its entry without a mark holds */
    struct row *preceding; /* of the resource: the endpoint that its successor is noted of */
    struct arena *asked;   /* of the endpoint whosever it is, or of the resource: holds its
                            * successor */
    const struct value *successor;
};

/* A claim to a name is a row of this, in the place of a URN, and the name. */
#define CLAIMS STR("names")

static int compare(const void *a, const void *b) {
    const struct row *left = a;
    const struct row *right = b;
    int order = str_compare(left->urn, right->urn);
    return order != 0 ? order : str_compare(left->id, right->id);
}

struct ledger *ledger_new(void) {
    struct ledger *ledger = MEM_NEW(struct ledger);
    (void)pthread_mutex_init(&ledger->mutex, NULL);
    return ledger;
}

static char *put_text(char *place, struct str *text) {
    if (text->len > 0) {
        memcpy(place, text->ptr, text->len);
    }
    text->ptr = place;
    return place + text->len;
}

/* Copies both texts to `place`, one behind the other. */
static void put_texts(char *place, struct str *first, struct str *second) {
    (void)put_text(put_text(place, first), second);
}

static void add_note(struct note **list, struct str text, struct str words) {
    struct note *note = mem_alloc(sizeof(*note) + text.len + words.len);
    *note = (struct note){.next = *list, .text = text, .words = words};
    put_texts((char *)(note + 1), &note->text, &note->words);
    *list = note;
}

static void remove_note(struct note **list) {
    struct note *note = *list;
    *list = note->next;
    mem_free(note);
}

static void forget_notes(struct note **list) {
    while (*list != NULL) {
        remove_note(list);
    }
}

static void row_free(void *data) {
    struct row *row = data;
    forget_notes(&row->guesses);
    forget_notes(&row->marks);
    arena_free(row->asked);
    mem_free(row);
}

void ledger_clear(struct ledger *ledger) {
    (void)pthread_mutex_lock(&ledger->mutex);
    platform_free_tree(&ledger->tree, compare, row_free);
    (void)pthread_mutex_unlock(&ledger->mutex);
}

void ledger_free(struct ledger *ledger) {
    if (ledger != NULL) {
        ledger_clear(ledger);
        (void)pthread_mutex_destroy(&ledger->mutex);
        mem_free(ledger);
    }
}

static struct row *find(const struct ledger *ledger, struct str urn, struct str id) {
    const struct row key = {.urn = urn, .id = id};
    struct row *const *found = tfind(&key, &ledger->tree, compare);
    return found == NULL ? NULL : *found;
}

static struct row *row_new(struct str urn, struct str id) {
    struct row *row = mem_alloc(sizeof(*row) + urn.len + id.len);
    row->urn = urn;
    row->id = id;
    put_texts((char *)(row + 1), &row->urn, &row->id);
    return row;
}

/* With the lock held. NULL when there is no memory left for the tree: then nothing is known. */
static struct row *row_of(struct ledger *ledger, struct str urn, struct str id) {
    struct row *row = find(ledger, urn, id);
    if (row != NULL) {
        return row;
    }
    row = row_new(urn, id);
    if (tsearch(row, &ledger->tree, compare) == NULL) {
        mem_free(row);
        return NULL;
    }
    return row;
}

/* With the lock held; as row_of. */
static struct row *known_row(struct ledger *ledger, struct str urn, struct str id) {
    struct row *anybodys = row_of(ledger, STR_EMPTY, id);
    struct row *endpoint = row_of(ledger, urn, id);
    if (anybodys != NULL) {
        anybodys->entry.known = true;
        anybodys->other = endpoint;
    }
    if (endpoint != NULL) {
        endpoint->entry.known = true;
    }
    return endpoint;
}

/* With the lock held. What was in the state before stays so. */
static void note_new(struct ledger *ledger, struct str urn, struct str id) {
    struct row *anybodys = row_of(ledger, STR_EMPTY, id);
    if (anybodys != NULL && !anybodys->entry.known) {
        anybodys->is_new = true;
    }
    (void)known_row(ledger, urn, id);
}

void ledger_note_check(struct ledger *ledger, struct str urn) {
    (void)pthread_mutex_lock(&ledger->mutex);
    struct row *resource = row_of(ledger, urn, STR_EMPTY);
    if (resource != NULL) {
        resource->checked = true;
        resource->declared = true;
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
}

bool ledger_claim_name(struct ledger *ledger, struct str name, struct str urn, struct arena *arena,
                       struct str *holder) {
    (void)pthread_mutex_lock(&ledger->mutex);
    struct row *claim = row_of(ledger, CLAIMS, name);
    struct row *resource = row_of(ledger, urn, STR_EMPTY);
    bool free_name = true;
    if (claim != NULL && resource != NULL) {
        bool taken =
            claim->other != NULL && claim->other != resource && claim->other->other == claim;
        free_name = !taken;
        if (taken) {
            *holder = arena_str(arena, claim->other->urn);
        } else {
            claim->other = resource;
            resource->other = claim;
        }
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
    return free_name;
}

void ledger_note_id(struct ledger *ledger, struct str urn, struct str id) {
    (void)pthread_mutex_lock(&ledger->mutex);
    (void)known_row(ledger, urn, id);
    (void)pthread_mutex_unlock(&ledger->mutex);
}

void ledger_note_new(struct ledger *ledger, struct str urn, struct str id) {
    (void)pthread_mutex_lock(&ledger->mutex);
    note_new(ledger, urn, id);
    (void)pthread_mutex_unlock(&ledger->mutex);
}

bool ledger_note_diff(struct ledger *ledger, struct str urn, struct str id, bool replaces) {
    (void)pthread_mutex_lock(&ledger->mutex);
    struct row *resource = find(ledger, urn, STR_EMPTY);
    struct row *endpoint = known_row(ledger, urn, id);
    bool counts = resource != NULL && resource->checked;
    if (endpoint != NULL) {
        endpoint->entry.replaced = counts ? replaces : endpoint->entry.replaced;
    }
    if (counts) {
        resource->checked = false;
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
    return counts;
}

void ledger_note_change(struct ledger *ledger, struct str id) {
    (void)pthread_mutex_lock(&ledger->mutex);
    struct row *anybodys = row_of(ledger, STR_EMPTY, id);
    if (anybodys != NULL) {
        anybodys->changed = true;
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
}

bool ledger_has_changed(struct ledger *ledger, struct str id) {
    (void)pthread_mutex_lock(&ledger->mutex);
    const struct row *anybodys = find(ledger, STR_EMPTY, id);
    bool changed = anybodys != NULL && anybodys->changed;
    (void)pthread_mutex_unlock(&ledger->mutex);
    return changed;
}

bool ledger_holds_id(struct ledger *ledger, struct str id) {
    return ledger_find(ledger, STR_EMPTY, id).known;
}

bool ledger_had_id(struct ledger *ledger, struct str id) {
    (void)pthread_mutex_lock(&ledger->mutex);
    const struct row *anybodys = find(ledger, STR_EMPTY, id);
    bool had = anybodys != NULL && anybodys->entry.known && !anybodys->is_new;
    (void)pthread_mutex_unlock(&ledger->mutex);
    return had;
}

struct str ledger_owner(struct ledger *ledger, struct str id, struct arena *arena) {
    (void)pthread_mutex_lock(&ledger->mutex);
    const struct row *anybodys = find(ledger, STR_EMPTY, id);
    const struct row *endpoint = anybodys == NULL ? NULL : anybodys->other;
    struct str owner = endpoint == NULL ? STR_EMPTY : arena_str(arena, endpoint->urn);
    (void)pthread_mutex_unlock(&ledger->mutex);
    return owner;
}

bool ledger_is_declared(struct ledger *ledger, struct str urn) {
    (void)pthread_mutex_lock(&ledger->mutex);
    const struct row *resource = find(ledger, urn, STR_EMPTY);
    bool declared = resource != NULL && resource->declared;
    (void)pthread_mutex_unlock(&ledger->mutex);
    return declared;
}

struct ledger_entry ledger_find(struct ledger *ledger, struct str urn, struct str id) {
    (void)pthread_mutex_lock(&ledger->mutex);
    const struct row *endpoint = find(ledger, urn, id);
    struct ledger_entry entry = endpoint == NULL ? (struct ledger_entry){0} : endpoint->entry;
    (void)pthread_mutex_unlock(&ledger->mutex);
    return entry;
}

/* ---- Marks */

/* With the lock held. What is noted of the entry under this URN; NULL when nothing is. */
static struct note *find_mark(const struct row *endpoint, struct str urn, struct str mark) {
    struct note *note = endpoint->marks;
    while (note != NULL && !(str_is(note->text, mark) && str_is(note->words, urn))) {
        note = note->next;
    }
    return note;
}

/* With the lock held. */
static void add_mark(struct ledger *ledger, struct str urn, struct str id, struct str mark,
                     bool stays) {
    struct row *endpoint = row_of(ledger, STR_EMPTY, id);
    if (endpoint == NULL) {
        return;
    }
    struct note *note = find_mark(endpoint, urn, mark);
    if (note == NULL) {
        add_note(&endpoint->marks, mark, urn);
        note = endpoint->marks;
    }
    note->stays = note->stays || stays;
}

/* An entry keeps its mark when its resource gets another URN by an alias; those of two resources
 * that have none are not the same. */
static bool is_entry(const struct note *note, struct str urn, struct str mark) {
    return str_is(note->text, mark) && (mark.len > 0 || str_is(note->words, urn));
}

/* With the lock held. True while other entries hold it against a delete of this resource. */
static bool remove_mark(struct row *endpoint, struct str urn, struct str mark) {
    bool held = false;
    struct note **at = &endpoint->marks;
    while (*at != NULL) {
        if (is_entry(*at, urn, mark)) {
            remove_note(at);
            continue;
        }
        held = held || (*at)->stays || str_is((*at)->words, urn);
        at = &(*at)->next;
    }
    return held;
}

void ledger_note_mark(struct ledger *ledger, struct str urn, struct str id, struct str mark) {
    (void)pthread_mutex_lock(&ledger->mutex);
    add_mark(ledger, urn, id, mark, false);
    (void)pthread_mutex_unlock(&ledger->mutex);
}

/* With the lock held. */
static void note_stays(struct ledger *ledger, struct str urn, struct str id, struct str mark) {
    struct row *resource = row_of(ledger, urn, STR_EMPTY);
    add_mark(ledger, urn, id, mark, true);
    if (resource != NULL && mark.len == 0) {
        resource->unmarked = find(ledger, STR_EMPTY, id);
    }
}

void ledger_note_declared(struct ledger *ledger, struct str urn, struct str id, struct str mark) {
    (void)pthread_mutex_lock(&ledger->mutex);
    note_stays(ledger, urn, id, mark);
    (void)pthread_mutex_unlock(&ledger->mutex);
}

/* The resource has another endpoint now. Who deletes the former one may say its former URN, by
 * which an entry without a mark is not found. */
static void let_go_unmarked(struct ledger *ledger, struct str urn) {
    struct row *resource = find(ledger, urn, STR_EMPTY);
    if (resource != NULL && resource->unmarked != NULL) {
        struct note *note = find_mark(resource->unmarked, urn, STR_EMPTY);
        if (note != NULL) {
            note->stays = false;
        }
        resource->unmarked = NULL;
    }
}

void ledger_note_created(struct ledger *ledger, struct str urn, struct str id, struct str mark) {
    (void)pthread_mutex_lock(&ledger->mutex);
    note_new(ledger, urn, id);
    let_go_unmarked(ledger, urn);
    note_stays(ledger, urn, id, mark);
    (void)pthread_mutex_unlock(&ledger->mutex);
}

/* With the lock held. */
static bool release(struct ledger *ledger, struct str urn, struct str id, struct str mark) {
    struct row *endpoint = find(ledger, urn, id);
    struct row *anybodys = find(ledger, STR_EMPTY, id);
    bool held = anybodys != NULL && remove_mark(anybodys, urn, mark);
    if (anybodys != NULL && anybodys->other == endpoint && !held) {
        anybodys->other = NULL;
    }
    if (endpoint != NULL && !held) {
        endpoint->entry.replaced =
            false; /* it is freed: what comes next under this id is another */
    }
    return held;
}

bool ledger_release(struct ledger *ledger, struct str urn, struct str id, struct str mark) {
    (void)pthread_mutex_lock(&ledger->mutex);
    bool held = release(ledger, urn, id, mark);
    (void)pthread_mutex_unlock(&ledger->mutex);
    return held;
}

/* With the lock held. */
static void set_leaving(struct ledger *ledger, struct str id, bool leaving) {
    struct row *anybodys = row_of(ledger, STR_EMPTY, id);
    if (anybodys != NULL) {
        anybodys->leaving = leaving;
    }
}

bool ledger_begin_delete(struct ledger *ledger, struct str urn, struct str id, struct str mark) {
    (void)pthread_mutex_lock(&ledger->mutex);
    bool held = release(ledger, urn, id, mark);
    if (!held) {
        set_leaving(ledger, id, true);
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
    return held;
}

void ledger_end_delete(struct ledger *ledger, struct str id) {
    (void)pthread_mutex_lock(&ledger->mutex);
    set_leaving(ledger, id, false);
    (void)pthread_mutex_unlock(&ledger->mutex);
}

bool ledger_take_over(struct ledger *ledger, struct str urn, struct str id, struct str mark) {
    (void)pthread_mutex_lock(&ledger->mutex);
    const struct row *anybodys = find(ledger, STR_EMPTY, id);
    bool stays = anybodys == NULL || !anybodys->leaving;
    if (stays) {
        note_stays(ledger, urn, id, mark);
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
    return stays;
}

/* ---- Successors */

#define INPUTS_CEILING (8u << 20)

/* With the lock held. */
static void drop_inputs(struct row *row) {
    arena_free(row->asked);
    row->asked = NULL;
    row->successor = NULL;
}

/* With the lock held. */
static void keep_inputs(struct row *row, const struct value *inputs) {
    drop_inputs(row);
    row->asked = arena_new(INPUTS_CEILING);
    row->successor = value_copy(row->asked, inputs);
}

/* With the lock held. */
static void forget_successor(struct row *resource) {
    if (resource->preceding != NULL) {
        drop_inputs(resource->preceding);
    }
    drop_inputs(resource);
    resource->preceding = NULL;
}

void ledger_note_successor(struct ledger *ledger, struct str urn, struct str id,
                           const struct value *inputs) {
    (void)pthread_mutex_lock(&ledger->mutex);
    struct row *resource = row_of(ledger, urn, STR_EMPTY);
    struct row *endpoint = id.len == 0 ? resource : row_of(ledger, STR_EMPTY, id);
    if (resource != NULL && endpoint != NULL) {
        forget_successor(resource);
        keep_inputs(endpoint, inputs);
        resource->preceding = endpoint;
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
}

void ledger_forget_successor(struct ledger *ledger, struct str urn) {
    (void)pthread_mutex_lock(&ledger->mutex);
    struct row *resource = find(ledger, urn, STR_EMPTY);
    if (resource != NULL) {
        forget_successor(resource);
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
}

const struct value *ledger_successor(struct ledger *ledger, struct str urn, struct str id,
                                     struct arena *arena) {
    (void)pthread_mutex_lock(&ledger->mutex);
    const struct row *row = find(ledger, STR_EMPTY, id);
    if (row == NULL || row->successor == NULL) {
        row = find(ledger, urn, STR_EMPTY);
    }
    const struct value *inputs = row == NULL ? NULL : value_copy(arena, row->successor);
    (void)pthread_mutex_unlock(&ledger->mutex);
    return inputs;
}

/* ---- Guesses */

void ledger_note_guess(struct ledger *ledger, struct str urn, struct str id, struct str words) {
    (void)pthread_mutex_lock(&ledger->mutex);
    struct row *resource = row_of(ledger, urn, STR_EMPTY);
    if (resource != NULL) {
        add_note(&resource->guesses, id, words);
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
}

/* With the lock held. NULL when there is none, or several. */
static const struct note *only_guess(const struct ledger *ledger, const struct row *resource) {
    const struct note *only = NULL;
    for (const struct note *one = resource->guesses; one != NULL; one = one->next) {
        const struct row *anybodys = find(ledger, STR_EMPTY, one->text);
        if (anybodys != NULL && anybodys->entry.known) {
            continue;
        }
        if (only != NULL) {
            return NULL;
        }
        only = one;
    }
    return only;
}

bool ledger_take_guess(struct ledger *ledger, struct str urn, struct arena *arena,
                       struct str *words) {
    (void)pthread_mutex_lock(&ledger->mutex);
    struct row *resource = find(ledger, urn, STR_EMPTY);
    const struct note *only = resource == NULL ? NULL : only_guess(ledger, resource);
    bool taken = only != NULL;
    if (taken) {
        *words = arena_str(arena, only->words);
        forget_notes(&resource->guesses);
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
    return taken;
}
