<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Exception;

/** ADSYNC_E_MEMORY: no memory. */
final class MemoryException extends AdsyncException
{
    public const STATUS = -2;
}
