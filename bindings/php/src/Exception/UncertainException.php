<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_UNCERTAIN: the effect may or may not have happened: read before trying again. */
final class UncertainException extends AdsyncException
{
    public const STATUS = -7;
}
