<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_BUSY: called from inside a callback that does not allow it. */
final class BusyException extends AdsyncException
{
    public const STATUS = -3;
}
