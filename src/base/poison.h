/* SPDX-License-Identifier: MIT */
/*
 * poison - tells AddressSanitizer which octets of a block are nobody's, so that
 * use after give is caught although the block was never freed. Else nothing.
 */
#ifndef BASE_POISON_H
#define BASE_POISON_H

#include <stddef.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define poison(at, n)   __asan_poison_memory_region(at, n)
#define unpoison(at, n) __asan_unpoison_memory_region(at, n)
#else
#define poison(at, n)   ((void)(at), (void)(n))
#define unpoison(at, n) ((void)(at), (void)(n))
#endif

#endif
