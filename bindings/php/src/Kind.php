<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

/** Kinds of things (ADSYNC_KIND_*). */
enum Kind: int
{
    case Account = 1;
    case Campaign = 2;
    case Adset = 3;
    case Ad = 4;
    case Creative = 5;
    case Audience = 6;
    case Keyword = 7;
    case LeadForm = 8;
    case Lead = 9;
    case Post = 10;
}
