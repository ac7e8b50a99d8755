<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

/** How urgent (ADSYNC_PRIORITY_*). The later ones leave a reserve to the earlier ones. */
enum Priority: int
{
    /** A person waits. */
    case Interactive = 1;
    /** Something just happened. */
    case Webhook = 2;
    /** The usual round. */
    case Scheduled = 3;
    /** History. */
    case Backfill = 4;
}
