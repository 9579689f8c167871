/* SPDX-License-Identifier: MIT */
#include "naysay/persona.h"

/* clang-format off */
#define FIRST PERSONA_FIRST
#define LAST  PERSONA_LAST

/* In the order of their names. A value with a version is that of the version named. */
static const struct persona rows[] = {
    /* name               title                            Server                    place  source */
    {"akamai",            "Akamai edge",                   "AkamaiGHost",            FIRST, "sampled: errors of the edge"},
    {"apache",            "Apache httpd",                  "Apache/2.4.71 (Debian)", FIRST, "measured: 2.4.71 of Debian 12, with its ServerTokens OS"},
    {"aws-alb",           "AWS Application Load Balancer", "awselb/2.0",             FIRST, "documented: its user guide; sampled"},
    {"aws-cloudfront",    "AWS CloudFront",                "CloudFront",             FIRST, "sampled: errors of the edge"},
    {"aws-elb-classic",   "AWS Classic Load Balancer",     NULL,                     LAST,  "nothing certain"},
    {"azure-front-door",  "Azure Front Door",              NULL,                     LAST,  "sampled: sends none of its own"},
    {"caddy",             "Caddy",                         "Caddy",                  LAST,  "measured: 2.6.2 of Debian 12"},
    {"cloud-foundry",     "Cloud Foundry's router",        NULL,                     LAST,  "nothing certain"},
    {"cloudflare",        "Cloudflare edge",               "cloudflare",             LAST,  "documented; sampled"},
    {"envoy",             "Envoy",                         "envoy",                  LAST,  "sampled: its default server_name"},
    {"esri",              "Esri ArcGIS",                   NULL,                     LAST,  "none of its own: that of the server in front"},
    {"exchange",          "Microsoft Exchange",            "Microsoft-IIS/10.0",     LAST,  "stands on IIS, whose field it is"},
    {"fastly",            "Fastly",                        "Varnish",                FIRST, "sampled: answers made at the edge"},
    {"github",            "GitHub",                        "GitHub.com",             FIRST, "sampled: api.github.com and Pages"},
    {"google",            "Google Cloud load balancer",    NULL,                     LAST,  "differs from product to product"},
    {"haproxy",           "HAProxy",                       NULL,                     LAST,  "measured: 2.6.12 of Debian 12 sends none"},
    {"heroku",            "Heroku's router",               NULL,                     LAST,  "differs from router to router"},
    {"iis",               "Microsoft IIS",                 "Microsoft-IIS/10.0",     LAST,  "sampled: Windows Server 2016 and later"},
    {"laravel",           "Laravel",                       NULL,                     LAST,  "a framework: none of its own"},
    {"lighttpd",          "lighttpd",                      "lighttpd/1.4.69",        LAST,  "measured: 1.4.69 of Debian 12"},
    {"nginx",             "nginx",                         "nginx/1.22.1",           FIRST, "measured: 1.22.1 of Debian 12"},
    {"shopify",           "Shopify",                       NULL,                     LAST,  "nothing certain"},
    {"spring",            "Spring Boot",                   NULL,                     LAST,  "a framework: none of its own"},
    {"squid",             "Squid",                         "squid/5.7",              FIRST, "measured: 5.7 of Debian 12"},
    {"stripe",            "Stripe",                        NULL,                     LAST,  "nothing certain"},
    {"tinyproxy",         "tinyproxy",                     "tinyproxy/1.11.1",       FIRST, "measured: 1.11.1 of Debian 12"},
    {"traefik",           "Traefik",                       NULL,                     LAST,  "source code: v3 sends none"},
    {"traffic-server",    "Apache Traffic Server",         "ATS/9.2.9",              LAST,  "measured: 9.2.9 of Debian 12"},
    {"twitter",           "Twitter",                       "tsa_o",                  LAST,  "sampled: tsa_ and a letter, 2015 to 2024"},
    {"varnish",           "Varnish Cache",                 "Varnish",                FIRST, "measured: 7.1.1 of Debian 12"},
};
/* clang-format on */

size_t persona_count(void)
{
    return COUNT(rows);
}

const struct persona *persona_at(size_t i)
{
    assert(i < COUNT(rows));
    return &rows[i];
}

const struct persona *persona_find(struct slice name)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (slice_is_nocase(name, slice_of(rows[i].name)))
            return &rows[i];
    return NULL;
}

const char *persona_nearest(struct slice word)
{
    const char *names[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        names[i] = rows[i].name;
    return word_nearest(word, names, COUNT(names));
}

/* ---- dressing ---- */

static struct step *first_after(const struct plan *plan, const struct step *before)
{
    return before == NULL ? plan->first : before->next;
}

/* Steps in which an upstream or a tunnel has a say are not an answer of ours. */
static bool is_ours(const struct step *s)
{
    for (; s != NULL; s = s->next)
        switch (s->kind) {
        case STEP_RELAY:
        case STEP_AWAIT:
        case STEP_PIPE:
        case STEP_DIAL:
        case STEP_TUNNEL:
        case STEP_ECHO:
            return false;
        default:
            break;
        }
    return true;
}

/* The array of a head has no room beyond what was asked for: the fields move to another. */
static void add_server(const struct persona *p, struct plan *plan, struct http_fields *f)
{
    struct http_field server = {
        .name = http_field_name(FIELD_SERVER),
        .value = slice_of(p->server),
        .id = FIELD_SERVER,
    };
    uint32_t first = p->place == PERSONA_FIRST ? 1 : 0;
    struct http_field *at = arena_alloc(plan->arena, (f->n + 1) * sizeof(*at));

    if (at == NULL) {
        plan->spent = true;
        return;
    }
    if (f->n > 0)
        memcpy(at + first, f->at, f->n * sizeof(*at));
    at[first == 1 ? 0 : f->n] = server;
    *f = (struct http_fields){.at = at, .n = f->n + 1, .cap = f->n + 1};
}

void persona_dress(const struct persona *p, struct plan *plan, const struct step *before)
{
    struct step *s = first_after(plan, before);

    if (p->server == NULL || plan->spent || !is_ours(s))
        return;
    for (; s != NULL && !plan->spent; s = s->next) {
        struct http_response *r = &s->head.response;

        if (s->kind == STEP_HEAD && r->status >= 200 &&
            http_find(&r->fields, FIELD_SERVER) == NULL)
            add_server(p, plan, &r->fields);
    }
}
