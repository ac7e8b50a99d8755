<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Adsync\Internal;

use Adsync\Exception\InvalidException;
use Adsync\Library;
use FFI;
use FFI\CData;

/**
 * A struct that goes in, with the texts it points to.
 *
 * @internal
 */
final class Options
{
    public readonly CData $struct;
    /** @var list<CData> */
    private array $kept = [];

    /** @param array<string, int|string|null|\BackedEnum|CData|list<string>> $members what is null is left as it is: the default */
    public function __construct(string $type, #[\SensitiveParameter] array $members)
    {
        $this->struct = Library::make($type);
        $this->struct->size = FFI::sizeof($this->struct);
        foreach ($members as $name => $value) {
            if ($value === null) {
                continue;
            }
            $this->struct->$name = match (true) {
                is_string($value) => $this->text($value),
                is_array($value) => $this->texts($value),
                $value instanceof \BackedEnum => $value->value,
                default => $value,
            };
        }
    }

    public function pointer(): CData
    {
        return FFI::addr($this->struct);
    }

    private function text(#[\SensitiveParameter] string $text): CData
    {
        if (str_contains($text, "\0")) {
            throw new InvalidException('a text holds a NUL', 'php.nul');
        }
        [$pointer, $this->kept[]] = Memory::text($text);

        return $pointer;
    }

    /** @param list<string> $texts */
    private function texts(array $texts): CData
    {
        $this->kept[] = $array = Library::ffi()->new('const char *[' . (count($texts) + 1) . ']');
        foreach ($texts as $i => $text) {
            $array[$i] = $this->text($text);
        }

        return Library::cast('char **', FFI::addr($array));
    }
}
