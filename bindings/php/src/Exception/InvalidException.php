<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_INVALID: the caller's mistake: an argument, the order of calls, a bad row. */
final class InvalidException extends AdsyncException
{
    public const STATUS = -1;
}
