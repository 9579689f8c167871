/* SPDX-License-Identifier: MIT */
/* Scenario files, and what they name. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* ---- reading ---- */

static bool read_into(int fd, const char *name, struct buf *b, struct complaint *why)
{
    const uint32_t piece = 65536;
    ssize_t n = 1;

    while (n > 0 && buf_len(b) <= DOC_OCTETS) {
        if (!buf_reserve(b, piece))
            return complain(why, "out of memory");
        n = read(fd, b->block + b->to, piece);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n < 0)
            return complain(why, "cannot read %s: %s", name, strerror(errno));
        else
            b->to += (uint32_t)n;
    }
    return buf_len(b) <= DOC_OCTETS || complain(why, "%s is larger than 16 MiB", name);
}

static bool read_all(int fd, const char *name, struct arena *a, struct source *out,
                     struct complaint *why)
{
    struct buf b = {0};
    bool ok = read_into(fd, name, &b, why);

    if (ok) {
        out->name = arena_printf(a, "%s", name);
        out->text = arena_copy(a, buf_slice(&b));
        ok = (out->name.at != NULL && out->text.at != NULL) ||
             complain(why, "out of memory");
    }
    buf_clear(&b);
    return ok;
}

/* Regular files only: a device or a pipe could go on for ever. */
static bool read_file(const char *path, struct arena *a, struct source *out,
                      struct complaint *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    bool ok;

    if (fd < 0)
        return complain(why, "cannot read %s: %s", path, strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        ok = complain(why, "cannot read %s: it is no file", path);
    else
        ok = read_all(fd, path, a, out, why);
    close(fd);
    return ok;
}

/* A name in a file is meant from that file's folder. */
static bool read_beside(void *arg, struct slice from, struct slice name, struct arena *a,
                        struct source *out, struct complaint *why)
{
    size_t folder = from.len;
    char path[4096];

    (void)arg;
    while (folder > 0 && from.at[folder - 1] != '/')
        folder--;
    while (slice_starts(name, SLICE("./"))) /* one file, one name: what goes round shows */
        name = (struct slice){name.at + 2, name.len - 2};
    if (name.len > 0 && name.at[0] == '/')
        folder = 0;
    int n =
        snprintf(path, sizeof(path), "%.*s%.*s", (int)folder, from.at, SLICE_ARGS(name));
    if (n < 0 || n >= (int)sizeof(path))
        return complain(why, "the path is too long: %.*s", SLICE_ARGS(name));
    return read_file(path, a, out, why);
}

static const struct files files = {.read = read_beside};
static const struct files of_folder = {.read = read_beside, .skips_shared = true};

/* ---- what the words name ---- */

static bool load_file(struct book *b, const char *path, const struct files *how)
{
    struct source source;
    struct complaint why = {{0}};

    if (!read_file(path, &b->arena, &source, &why))
        return complain_at(&b->why, NULL, "%s", why.text);
    return book_load(b, &source, how);
}

static bool load_input(struct book *b)
{
    struct source source;
    struct complaint why = {{0}};

    if (!read_all(STDIN_FILENO, "standard input", &b->arena, &source, &why))
        return complain_at(&b->why, NULL, "%s", why.text);
    source.name = SLICE("-");
    return book_load(b, &source, &files);
}

static int is_scenario(const struct dirent *d)
{
    const char *dot = strrchr(d->d_name, '.');

    return d->d_name[0] != '.' && dot != NULL &&
           (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 ||
            strcmp(dot, ".json") == 0);
}

/* Its files, in the order of their names. */
static bool load_folder(struct book *b, const char *path)
{
    struct dirent **found;
    int n = scandir(path, &found, is_scenario, alphasort);
    bool ok = true;

    if (n < 0)
        return complain_at(&b->why, NULL, "cannot read %s: %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        char file[4096];
        size_t len = strlen(path);
        int k = snprintf(file, sizeof(file), "%s%s%s", path,
                         len > 0 && path[len - 1] == '/' ? "" : "/", found[i]->d_name);
        ok &= k > 0 && k < (int)sizeof(file)
                  ? load_file(b, file, &of_folder)
                  : complain_at(&b->why, NULL, "the path is too long: %s", file);
        free(found[i]);
    }
    free(found);
    if (n == 0)
        return complain_at(&b->why, NULL, "there is no .yaml, .yml or .json in %s", path);
    return ok;
}

static bool load_word(struct book *b, const char *word)
{
    struct stat st;

    if (strcmp(word, "-") == 0)
        return load_input(b);
    if (stat(word, &st) == 0 && S_ISDIR(st.st_mode))
        return load_folder(b, word);
    return load_file(b, word, &files);
}

bool files_load(struct book *b, char **words, int n, enum color color)
{
    bool ok = true;

    for (int i = 0; i < n; i++)
        ok &= load_word(b, words[i]);
    if (ok && b->n == 0)
        ok = complain_at(&b->why, NULL, "there is no scenario in %s", words[0]);
    complaints_print(&b->why, stderr, color_wanted(color, stderr));
    return ok;
}
