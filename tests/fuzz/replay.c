#include <dirent.h>
#include <string.h>

#include "fuzz.h"

/* Runs a fuzz target over the files of the folders given, without a fuzzer: the corpora are plain
 * tests as well. */

enum { PATH_SIZE = 4096 };

/* In memory of just its size, so that AddressSanitizer sees a byte read too far. */
static uint8_t *read_whole(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    fseek(file, 0, SEEK_END);
    long end = ftell(file);
    rewind(file);
    uint8_t *data = end < 0 ? NULL : malloc(end == 0 ? 1 : (size_t)end);
    *size = data == NULL ? 0 : fread(data, 1, (size_t)end, file);
    fclose(file);
    return data;
}

static int replay_file(const char *path) {
    size_t size;
    uint8_t *data = read_whole(path, &size);
    if (data == NULL) {
        fprintf(stderr, "%s cannot be read\n", path);
        return -1;
    }
    /* Named first: when the target aborts, the last line says on what. */
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

/* Number of files, or -1. */
static int replay_folder(const char *folder) {
    DIR *entries = opendir(folder);
    if (entries == NULL) {
        fprintf(stderr, "%s cannot be read\n", folder);
        return -1;
    }
    int count = 0;
    struct dirent *entry;
    while (count >= 0 && (entry = readdir(entries)) != NULL) {
        char path[PATH_SIZE];
        if (entry->d_name[0] == '.') {
            continue;
        }
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        count = replay_file(path) < 0 ? -1 : count + 1;
    }
    closedir(entries);
    return count;
}

int main(int argc, char **argv) {
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int count = replay_folder(argv[i]);
        if (count <= 0) {
            fprintf(stderr, "%s: no inputs were replayed\n", argv[i]);
            return 1;
        }
        total += count;
    }
    printf("%d inputs replayed\n", total);
    return total > 0 ? 0 : 1;
}
