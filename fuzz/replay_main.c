/* SPDX-License-Identifier: MIT */
/* Plays files, and the files of folders, through one fuzz target: corpora as regression
 * tests. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define FILE_MOST ((size_t)16 << 20)

static int play_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    uint8_t *octets = malloc(FILE_MOST);
    uint8_t *exact = NULL;
    size_t len = 0;

    if (in == NULL || octets == NULL) {
        fprintf(stderr, "replay: cannot read %s\n", path);
    } else {
        len = fread(octets, 1, FILE_MOST, in);
        exact = malloc(len + 1);
    }
    if (exact != NULL) {
        memcpy(exact, octets, len);
        LLVMFuzzerTestOneInput(exact, len);
    }
    if (in != NULL)
        fclose(in);
    free(exact);
    free(octets);
    return exact != NULL ? 1 : -1;
}

/* How many files were played, or -1. */
static int play(const char *path)
{
    struct stat what;
    struct dirent *entry;
    DIR *folder;
    int n = 0;

    if (stat(path, &what) != 0) {
        fprintf(stderr, "replay: there is no %s\n", path);
        return -1;
    }
    if (!S_ISDIR(what.st_mode))
        return play_file(path);
    folder = opendir(path);
    while (folder != NULL && n >= 0 && (entry = readdir(folder)) != NULL) {
        char below[4096];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
        n = play_file(below) < 0 ? -1 : n + 1;
    }
    if (folder != NULL)
        closedir(folder);
    return folder == NULL ? -1 : n;
}

int main(int argc, char **argv)
{
    int total = 0;

    for (int i = 1; i < argc; i++) {
        const int n = play(argv[i]);

        if (n < 0)
            return 1;
        total += n;
    }
    printf("replay: %d inputs\n", total);
    return total > 0 ? 0 : 1;
}
