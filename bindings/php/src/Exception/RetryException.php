<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_RETRY: nothing happened; the same call may work at once. */
final class RetryException extends AdsyncException
{
    public const STATUS = -19;
}
