/* What the C programs share: the files of a folder, and commands on standard input.
 *
 * `judge FILE`                the verdict on one leaf: passes, revoked or fails
 * `verify WARM PASSES FIRST`  nanoseconds of CPU time of so many verifications, the leaves in turn
 * `floor WARM PASSES FIRST`   the same of the bare signature checks
 *
 * A program gives `load`, `verify` and `check`, and includes this file after its library's headers. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct der {
    unsigned char *data;
    size_t size; /* 0: there is no such file */
};

enum verdict { PASSES, REVOKED, FAILS };

#define MAX_LEAVES 64

static struct der root, intermediate, list, leaves[MAX_LEAVES];
static size_t leaf_count;
static int parsed_ahead;

static void load(void);
/* `number` tells which of the leaves it is, or is MAX_LEAVES for another one. */
static enum verdict verify(const struct der *leaf, size_t number);
static int check(size_t number);

static void die(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static struct der file(const char *folder, const char *name) {
    char path[4096];
    struct der der = {NULL, 0};
    snprintf(path, sizeof path, "%s/%s.der", folder, name);
    FILE *input = fopen(path, "rb");
    if (input == NULL)
        return der;
    fseek(input, 0, SEEK_END);
    der.size = (size_t)ftell(input);
    rewind(input);
    der.data = malloc(der.size);
    if (der.data == NULL || fread(der.data, 1, der.size, input) != der.size)
        die(path);
    fclose(input);
    return der;
}

/* What this process has had of processors, so that it doesn't count what others have in between. */
static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void pass(int is_floor, size_t number) {
    if (is_floor ? !check(number) : verify(&leaves[number], number) != PASSES)
        die("a good leaf did not pass");
}

static uint64_t measure(int is_floor, size_t warm, size_t passes, size_t first) {
    for (size_t i = 0; i < warm; i++)
        pass(is_floor, (first + leaf_count - 1 - i % leaf_count) % leaf_count);
    uint64_t started = now();
    for (size_t i = 0; i < passes; i++)
        pass(is_floor, (first + i) % leaf_count);
    return now() - started;
}

int main(int count, char **arguments) {
    static const char *const words[] = {"passes", "revoked", "fails"};
    char line[256], name[64];
    size_t warm, passes, first;
    if (count < 2)
        die("usage: PROGRAM FOLDER [ahead]");
    const char *folder = arguments[1];
    parsed_ahead = count > 2 && strcmp(arguments[2], "ahead") == 0;
    root = file(folder, "root");
    intermediate = file(folder, "intermediate");
    list = file(folder, "list");
    for (; leaf_count < MAX_LEAVES; leaf_count++) {
        snprintf(name, sizeof name, "leaf-%zu", leaf_count);
        leaves[leaf_count] = file(folder, name);
        if (leaves[leaf_count].size == 0)
            break;
    }
    load();
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "judge %60s", name) == 1) {
            struct der leaf = file(folder, name);
            puts(words[verify(&leaf, MAX_LEAVES)]);
            free(leaf.data);
        } else if (sscanf(line, "verify %zu %zu %zu", &warm, &passes, &first) == 3) {
            printf("%llu\n", (unsigned long long)measure(0, warm, passes, first));
        } else if (sscanf(line, "floor %zu %zu %zu", &warm, &passes, &first) == 3) {
            printf("%llu\n", (unsigned long long)measure(1, warm, passes, first));
        } else {
            die("an unknown command");
        }
        fflush(stdout);
    }
    return 0;
}
