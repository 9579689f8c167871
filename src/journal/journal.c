/* SPDX-License-Identifier: MIT */
/* Where entries go. What a line looks like is in json.c and talk.c. */
#include "naysay/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lines.h"

#define FLUSH_AT (64u << 10)

struct journal {
    int fd;     /* -1: no file */
    FILE *talk; /* borrowed; NULL: none */
    enum journal_color color;
    struct buf text;
    struct shelf shelf; /* the block of `text` is wanted again at once */
    struct json_style style;
    struct records *records; /* borrowed; NULL: none are kept */
    uint64_t seq, lost;
    bool is_torn;    /* half a line was written before the disk was full */
    bool is_failing; /* said once, until a write goes through again */
};

struct journal *journal_open(const char *path, FILE *talk, enum journal_color color,
                             struct complaint *why)
{
    struct journal *j = mem_must(mem_zero(sizeof(*j)));

    j->fd = -1;
    j->text.shelf = &j->shelf;
    j->style.clock.second = -1;
    j->talk = talk;
    j->color = color;
    if (path != NULL && strcmp(path, "-") == 0)
        j->fd = dup(STDOUT_FILENO);
    else if (path != NULL)
        j->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
    if (path != NULL && j->fd < 0) {
        complain(why, "cannot write the journal %s: %s", path, strerror(errno));
        mem_free(j);
        return NULL;
    }
    return j;
}

static void say_trouble(struct journal *j, int error)
{
    if (!j->is_failing)
        fprintf(stderr,
                "naysay: the journal cannot be written (%s); lines are lost until it can\n",
                strerror(error));
    j->is_failing = true;
}

void journal_flush(struct journal *j)
{
    if (j->is_torn && buf_len(&j->text) > 0)
        j->is_torn = write(j->fd, "\n", 1) != 1;
    while (buf_len(&j->text) > 0) {
        ssize_t n = write(j->fd, buf_head(&j->text), buf_len(&j->text));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int error = errno;
            for (const char *at = buf_head(&j->text), *end = at + buf_len(&j->text);
                 (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
                j->lost++;
            buf_clear(&j->text);
            say_trouble(j, error);
            return;
        }
        j->is_failing = false;
        j->is_torn = buf_head(&j->text)[n - 1] != '\n';
        buf_skip(&j->text, (size_t)n);
    }
    buf_rest(&j->text);
}

static void write_line(struct journal *j, const struct entry *e)
{
    uint32_t was = j->text.to;

    if (!json_put_entry(&j->text, e,
                        &j->style)) { /* out of memory: half a line is worse than none */
        size_t kept = was < j->text.to ? was - j->text.from : buf_len(&j->text);
        j->text.to = j->text.from + (uint32_t)kept;
        j->lost++;
    }
    if (buf_len(&j->text) >= FLUSH_AT)
        journal_flush(j);
}

void journal_add(struct journal *j, struct entry *e)
{
    if (e->exchange > 0)
        e->seq = ++j->seq;
    if (j->fd >= 0)
        write_line(j, e);
    if (j->talk != NULL && e->exchange > 0)
        talk_entry(j->talk, j->color, e);
    if (j->records != NULL)
        records_add(j->records, e);
}

bool journal_wants(const struct journal *j)
{
    return j != NULL && (j->fd >= 0 || j->talk != NULL || j->records != NULL);
}

bool journal_wants_content(const struct journal *j)
{
    return j != NULL && (j->records != NULL || (j->fd >= 0 && j->style.bodies));
}

void journal_keep(struct journal *j, struct records *r)
{
    j->records = r;
}

void journal_tell_secrets(struct journal *j, bool yes)
{
    j->style.secrets = yes;
}

void journal_tell_bodies(struct journal *j, bool yes)
{
    j->style.bodies = yes;
}

uint64_t journal_lost(const struct journal *j)
{
    return j->lost;
}

void journal_close(struct journal *j)
{
    if (j == NULL)
        return;
    journal_flush(j);
    if (j->fd >= 0)
        close(j->fd);
    buf_clear(&j->text);
    shelf_clear(&j->shelf);
    mem_free(j);
}
