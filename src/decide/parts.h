/* SPDX-License-Identifier: MIT */
/*
 * The parts of deciding, private to this folder. Each adds to a plan what one
 * way of answering takes; decide.c says which one speaks.
 */
#ifndef NAYSAY_DECIDE_PARTS_H
#define NAYSAY_DECIDE_PARTS_H

#include "naysay/decide.h"

/* page.c: a body of ours, in the media type the client prefers. */
struct page {
    struct slice title;    /* one line */
    struct slice lines[4]; /* paragraphs; stops at the first without octets */
};
struct slice page_type(const struct http_request *req); /* value for Content-Type */
/* .at NULL when memory ran out. Octets a client sent are escaped for the type. */
struct slice page_render(const struct page *page, const struct http_request *req,
                         struct arena *a);
extern const struct page page_landing;

/* speak.c: an answer of a status, with all that HTTP asks around it. */
void speak_answer(struct plan *p, const struct facts *facts, const struct answer *answer);
/* A page with this status, and Proxy-Status when `proxy_error` is not "". */
void speak_page(struct plan *p, const struct facts *facts, unsigned status,
                const struct page *page, const char *proxy_error, enum step_end end);
/* TRACE at its final recipient (RFC 9110 §9.3.8). */
void speak_trace(struct plan *p, const struct facts *facts);

/* forward.c: heads on their way through (RFC 9110 §7.6). */
void forward_request(struct plan *p, const struct setting *at, const struct facts *facts,
                     struct origin to, struct slice prefix, bool reverse);
void forward_response(struct plan *p, const struct setting *at, const struct facts *facts);

/* decide.c: ways that rules go, too */
void decide_failure(struct plan *p, const struct facts *facts);
void decide_fail(struct plan *p, const struct facts *facts, enum ending why);
/* To where the client asks, or the upstream: as without rules. */
void decide_pass(struct plan *p, struct run *run, const struct facts *facts);
/* To this origin, with `prefix` before every path. */
void decide_pass_to(struct plan *p, struct run *run, const struct facts *facts,
                    struct origin to, struct slice prefix);
/* A tunnel to there. */
void decide_tunnel(struct plan *p, struct origin to);

#endif
