<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_CANCELLED: somebody called it off. */
final class CancelledException extends AdsyncException
{
    public const STATUS = -16;
}
