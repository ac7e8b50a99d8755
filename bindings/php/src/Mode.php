<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

/** How much a sync brings (ADSYNC_SYNC_*). */
enum Mode: int
{
    /** What changed; of figures the days that still move. */
    case Incremental = 1;
    /** Everything; what a complete list no longer holds is marked removed. */
    case Full = 2;
    /** The named ones and their children: kind and ids say which. */
    case Entity = 3;
    /** The days before, newest first. */
    case Backfill = 4;
}
