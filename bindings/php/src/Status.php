<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync;

/** How a call that worked ended (ADSYNC_OK ..). What failed is an exception instead. */
enum Status: int
{
    /** Done. */
    case Ok = 0;
    /** A row is there. */
    case Row = 1;
    /** Begun and stored, not ended within the time given. */
    case Pending = 2;
    /** Nothing was due and nothing is in flight. */
    case Idle = 3;
    /** Ended, some of it failed; the rows say what. */
    case Partial = 4;
}
