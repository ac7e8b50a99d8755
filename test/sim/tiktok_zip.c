/* SPDX-License-Identifier: MIT */
/* ZIP archives whose files are stored as they are, and the smallest workbook that is one. */
#include "tiktok.h"

#define ZLIB_CONST
#include <zlib.h>

#define ZIP_MOST 8

static void zip_number(sim_text *out, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) sim_putc(out, (char)(value >> (8 * i) & 0xff));
}

/* what the local and the central header have in common */
static void zip_facts(sim_text *out, const tiktok_zip_file *file)
{
    uint32_t size = (uint32_t)file->text.size;

    zip_number(out, 20, 2);
    zip_number(out, 0, 4); /* flags, stored */
    zip_number(out, 0x5a210000, 4);
    zip_number(out, (uint32_t)crc32(0, (const Bytef *)file->text.p, (uInt)size), 4);
    zip_number(out, size, 4);
    zip_number(out, size, 4);
    zip_number(out, (uint32_t)strlen(file->name), 2);
    zip_number(out, 0, 2);
}

void tiktok_zip(sim_text *out, const tiktok_zip_file *files, size_t count)
{
    size_t from = out->size, at[ZIP_MOST], central;

    for (size_t i = 0; i < count; i++) {
        at[i] = out->size - from;
        zip_number(out, 0x04034b50, 4);
        zip_facts(out, &files[i]);
        sim_puts(out, files[i].name);
        sim_add(out, files[i].text.p, files[i].text.size);
    }
    central = out->size - from;
    for (size_t i = 0; i < count; i++) {
        zip_number(out, 0x02014b50, 4);
        zip_number(out, 20, 2);
        zip_facts(out, &files[i]);
        for (int k = 0; k < 5; k++) zip_number(out, 0, 2); /* comment, disk, attributes */
        zip_number(out, (uint32_t)at[i], 4);
        sim_puts(out, files[i].name);
    }
    zip_number(out, 0x06054b50, 4);
    zip_number(out, 0, 4);
    zip_number(out, (uint32_t)count, 2);
    zip_number(out, (uint32_t)count, 2);
    zip_number(out, (uint32_t)(out->size - from - central) - 12, 4);
    zip_number(out, (uint32_t)central, 4);
    zip_number(out, 0, 2);
}

static void xlsx_cell(sim_text *out, const char *from, const char *to)
{
    sim_puts(out, "<c t=\"inlineStr\"><is><t>");
    for (; from < to; from++) {
        if (strchr("<>&\"", *from))
            sim_printf(out, "&#%d;", *from);
        else
            sim_putc(out, *from);
    }
    sim_puts(out, "</t></is></c>");
}

static void xlsx_sheet(sim_text *out, const char *cells)
{
    sim_puts(out, "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>");
    while (*cells) {
        const char *end = cells + strcspn(cells, "\n");

        sim_puts(out, "<row>");
        while (cells < end) {
            const char *stop = cells + strcspn(cells, "\x1f\n");

            xlsx_cell(out, cells, stop);
            cells = stop + (stop < end);
        }
        sim_puts(out, "</row>");
        cells = end + (*end == '\n');
    }
    sim_puts(out, "</sheetData></worksheet>");
}

void tiktok_xlsx(sim_text *out, const char *cells)
{
    tiktok_zip_file files[] = { { .name = "[Content_Types].xml" },
                                { .name = "_rels/.rels" },
                                { .name = "xl/workbook.xml" },
                                { .name = "xl/_rels/workbook.xml.rels" },
                                { .name = "xl/worksheets/sheet1.xml" } };
    static const char open[] = "http://schemas.openxmlformats.org";

    sim_printf(&files[0].text,
               "<?xml version=\"1.0\"?><Types xmlns=\"%s/package/2006/content-types\"><Default Extension=\"rels\" "
               "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" "
               "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override "
               "PartName=\"/xl/worksheets/sheet1.xml\" "
               "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>",
               open);
    sim_printf(&files[1].text,
               "<?xml version=\"1.0\"?><Relationships xmlns=\"%s/package/2006/relationships\"><Relationship Id=\"r1\" "
               "Type=\"%s/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
               open, open);
    sim_printf(&files[2].text,
               "<?xml version=\"1.0\"?><workbook xmlns=\"%s/spreadsheetml/2006/main\" xmlns:r=\"%s/officeDocument/2006/relationships\">"
               "<sheets><sheet name=\"Data\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
               open, open);
    sim_printf(&files[3].text,
               "<?xml version=\"1.0\"?><Relationships xmlns=\"%s/package/2006/relationships\"><Relationship Id=\"r1\" "
               "Type=\"%s/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
               open, open);
    xlsx_sheet(&files[4].text, cells);
    tiktok_zip(out, files, SIM_COUNT(files));
    for (size_t i = 0; i < SIM_COUNT(files); i++) sim_free(&files[i].text);
}
