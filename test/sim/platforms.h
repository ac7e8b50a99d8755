/* SPDX-License-Identifier: MIT */
/* The registry: a line for each platform. Only core_platforms.c includes it. */
PLATFORM(meta)
PLATFORM(google)
PLATFORM(linkedin)
PLATFORM(lantern)
PLATFORM(snapchat)
PLATFORM(x)
PLATFORM(tiktok)
