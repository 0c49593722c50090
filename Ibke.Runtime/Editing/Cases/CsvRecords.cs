using System.Text;

namespace Ibke.Runtime.Editing.Cases;

/// <summary>One record of comma-separated values.</summary>
/// <param name="Line">The line it begins on, from 1.</param>
/// <param name="Fields">The fields, without quotes.</param>
internal sealed record CsvRecord(int Line, IReadOnlyList<string> Fields);

/// <summary>Reads comma-separated values as RFC 4180 has them: quoted fields may hold commas, line breaks and doubled quotes.</summary>
internal static class CsvRecords
{
    /// <summary>Reads all records; lines with nothing on them are passed over.</summary>
    /// <exception cref="FormatException">A quote is not closed, or stands where none may; says the line.</exception>
    public static IReadOnlyList<CsvRecord> Parse(string text)
    {
        List<CsvRecord> records = [];
        Cursor cursor = new(text);
        while (!cursor.AtEnd)
        {
            int line = cursor.Line;
            if (cursor.TrySkipLineBreak())
            {
                continue;
            }

            List<string> fields = [ReadField(cursor)];
            while (cursor.TrySkip(','))
            {
                fields.Add(ReadField(cursor));
            }

            cursor.TrySkipLineBreak();
            records.Add(new CsvRecord(line, fields));
        }

        return records;
    }

    /// <summary>Writes one record, quoting where it must.</summary>
    public static string Format(IEnumerable<string> fields) => string.Join(',', fields.Select(field =>
        field.Length == 0 || field.AsSpan().ContainsAny("\",\r\n") ? $"\"{field.Replace("\"", "\"\"")}\"" : field));

    private static string ReadField(Cursor cursor)
    {
        if (!cursor.TrySkip('"'))
        {
            return ReadPlain(cursor);
        }

        int line = cursor.Line;
        StringBuilder field = new();
        while (true)
        {
            if (cursor.AtEnd)
            {
                throw new FormatException($"line {line}: a quoted field is not closed");
            }

            if (!cursor.TrySkip('"'))
            {
                field.Append(cursor.Take());
            }
            else if (cursor.TrySkip('"'))
            {
                field.Append('"');
            }
            else
            {
                return cursor.AtFieldEnd
                    ? field.ToString()
                    : throw new FormatException($"line {cursor.Line}: text follows a closing quote; double a quote that belongs to a field");
            }
        }
    }

    private static string ReadPlain(Cursor cursor)
    {
        StringBuilder field = new();
        while (!cursor.AtFieldEnd)
        {
            char c = cursor.Take();
            field.Append(c != '"' ? c : throw new FormatException($"line {cursor.Line}: a quote inside a field that is not quoted"));
        }

        return field.ToString();
    }

    private sealed class Cursor(string text)
    {
        private int _at;

        public int Line { get; private set; } = 1;

        public bool AtEnd => _at == text.Length;

        public bool AtFieldEnd => AtEnd || text[_at] is ',' or '\r' or '\n';

        public bool TrySkip(char c)
        {
            bool skipped = !AtEnd && text[_at] == c;
            _at += skipped ? 1 : 0;
            return skipped;
        }

        // CR LF, LF and CR each end a line once.
        public bool TrySkipLineBreak()
        {
            bool carriage = TrySkip('\r');
            bool feed = TrySkip('\n');
            Line += carriage || feed ? 1 : 0;
            return carriage || feed;
        }

        public char Take()
        {
            char c = text[_at++];
            Line += c == '\n' || (c == '\r' && (AtEnd || text[_at] != '\n')) ? 1 : 0;
            return c;
        }
    }
}
