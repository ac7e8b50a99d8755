<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Internal;

use Adsync\Library;
use Adsync\Outcome;
use Adsync\Rows;
use Adsync\Status;
use FFI;
use FFI\CData;

/**
 * What the parts of an engine share: they hold its handle, not the engine, so that nothing points in a circle.
 *
 * @internal
 */
abstract class Part
{
    /** @internal */
    final public function __construct(private readonly Handle $engine)
    {
    }

    /** Calls a function of the engine; its error comes last by itself. */
    protected function call(string $function, #[\SensitiveParameter] mixed ...$arguments): Status
    {
        return Status::from(Library::call($function, $this->engine->get(), ...$arguments));
    }

    /** Calls a function whose last output is rows. */
    protected function rows(string $function, #[\SensitiveParameter] mixed ...$arguments): Rows
    {
        return self::read($this->output($function, 'adsync_rows *', ...$arguments)[1]);
    }

    /** Calls a function that may end early and gives rows. */
    protected function outcome(string $function, #[\SensitiveParameter] mixed ...$arguments): Outcome
    {
        [$status, $out] = $this->output($function, 'adsync_rows *', ...$arguments);

        return new Outcome($status, 0, FFI::isNull($out) ? [] : self::read($out)->toArray());
    }

    /** Calls a function whose last output is a number. */
    protected function number(string $function, #[\SensitiveParameter] mixed ...$arguments): int
    {
        return $this->output($function, 'int64_t', ...$arguments)[1]->cdata;
    }

    protected static function read(CData $rows): Rows
    {
        return new Rows($rows);
    }

    /** @return array{Status, CData} */
    private function output(string $function, string $type, #[\SensitiveParameter] mixed ...$arguments): array
    {
        $out = Library::make($type);

        return [$this->call($function, ...[...$arguments, FFI::addr($out)]), $out];
    }
}
