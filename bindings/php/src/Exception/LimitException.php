<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_LIMIT: throttled. */
final class LimitException extends AdsyncException
{
    public const STATUS = -10;
}
