using System.Diagnostics;
using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Tests.Sources;

/// <summary>Real sources that change, break and come back while the bot runs.</summary>
public sealed class SourceWatchTests : IDisposable
{
    private const string Query = "SELECT question, answer, as_of FROM facts ORDER BY question";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Watch_RowOfAFileChanges_PassBeginsWithinTwoSeconds()
    {
        await using RunningBot bot = await RunningBot.StartAsync(_folder, _folder.WriteFacts("facts.csv", (Known.Born, Known.BornBefore)));
        await bot.FirstPassAsync();
        long start = Stopwatch.GetTimestamp();

        _folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter));
        await bot.WaitAsync(state => state.Fact(Known.Born) is not null);

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 2);
        await bot.WaitAsync(Known.Born, FactStatus.Verified);
    }

    [Fact]
    public async Task Watch_FileIsHalfWritten_WhatItSaidCountsUntilItIsWhole()
    {
        string file = _folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter), (Known.Mayor, Known.MayorBefore));
        await using RunningBot bot = await RunningBot.StartAsync(_folder, file);
        await bot.WaitAsync(Known.Born, FactStatus.Verified);

        File.WriteAllText(file, $"question,answer,as_of\n{Known.Born},{Known.BornAfter},2026-10-01\n{Known.Mayor},Anders Du");
        BoardState half = await bot.WaitAsync(state => state.Sources[0].Failures > 1);
        _folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter), (Known.Mayor, Known.MayorAfter));
        BoardState whole = await bot.WaitAsync(state => state.Fact(Known.Mayor)?.IsDone == true);

        Assert.Contains("line 3", half.Sources[0].Error, StringComparison.Ordinal);
        Assert.Equal(2, half.Sources[0].Facts);
        Assert.Null(half.Fact(Known.Mayor));
        Assert.Null(whole.Sources[0].Error);
        Assert.Single(whole.Events, happened => happened.IsProblem);
    }

    [Fact]
    public async Task Watch_SourceCannotBeReached_OthersGoOnAndItIsReadWhenItComes()
    {
        int port = FactsEndpoint.FreePort();
        string file = _folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter));
        await using RunningBot bot = await RunningBot.StartAsync(_folder, $"http://127.0.0.1:{port}/", file, _folder["missing.json"]);

        await bot.WaitAsync(Known.Born, FactStatus.Verified);
        BoardState before = await bot.WaitAsync(state => state.Sources[0].Failures > 1 && state.Sources[2].Failures > 0);
        using FactsEndpoint endpoint = new(port);
        endpoint.Set((Known.Mayor, Known.MayorAfter));
        await bot.WaitAsync(Known.Mayor, FactStatus.Verified);

        Assert.Contains("cannot be read", before.Sources[0].Error, StringComparison.Ordinal);
        Assert.NotNull(before.Sources[0].NextTry);
        Assert.Contains("There is no file", before.Sources[2].Error, StringComparison.Ordinal);
        Assert.Null(bot.Board.State.Sources[0].Error);
    }

    [Fact]
    public async Task Watch_EndpointWithETags_ChangesAreNoticedAndTheRestIsNotSentAgain()
    {
        using FactsEndpoint endpoint = new();
        endpoint.Set((Known.Seat, Known.SeatBefore));
        await using RunningBot bot = await RunningBot.StartAsync(_folder, endpoint.Address);
        await bot.FirstPassAsync();

        endpoint.Set((Known.Seat, Known.SeatAfter));
        await bot.WaitAsync(Known.Seat, FactStatus.Verified);
        int unchanged = endpoint.Unchanged;
        await bot.WaitAsync(_ => endpoint.Unchanged > unchanged);

        Assert.Equal(Known.SeatAfter, await bot.AskAsync(Known.Seat));
    }

    [Fact]
    public async Task Watch_RowOfASqliteTableChanges_ModelIsCorrected()
    {
        await using SqliteConnection connection = new($"Data Source={_folder["facts.db"]};Pooling=False");
        await connection.OpenAsync();
        Execute(connection, $"CREATE TABLE facts (question TEXT, answer TEXT, as_of TEXT); INSERT INTO facts VALUES ('{Known.Seat}', '{Known.SeatBefore}', '2026-01-01')");
        await using RunningBot bot = await RunningBot.StartAsync(RunningBot.Watching(_folder, new SourcePlace(_folder["facts.db"], Query)));
        await bot.FirstPassAsync();

        Execute(connection, $"UPDATE facts SET answer = '{Known.SeatAfter}', as_of = '2026-10-01'");

        Assert.Equal("facts.db", (await bot.WaitAsync(Known.Seat, FactStatus.Verified)).Source);
    }

    [NeedsPostgres]
    public async Task Watch_RowOfAPostgresTableChanges_ModelIsCorrected()
    {
        string table = $"facts_{Guid.NewGuid():n}";
        await using NpgsqlConnection connection = new(NeedsPostgresAttribute.Server);
        await connection.OpenAsync();
        Execute(connection, $"CREATE TABLE {table} (question text, answer text, as_of date); INSERT INTO {table} VALUES ('{Known.Seat}', '{Known.SeatBefore}', '2026-01-01')");
        try
        {
            SourcePlace place = new(NeedsPostgresAttribute.Server!, $"SELECT question, answer, as_of FROM {table}");
            await using RunningBot bot = await RunningBot.StartAsync(RunningBot.Watching(_folder, place));
            await bot.FirstPassAsync();

            Execute(connection, $"UPDATE {table} SET answer = '{Known.SeatAfter}', as_of = '2026-10-01'");

            await bot.WaitAsync(Known.Seat, FactStatus.Verified);
        }
        finally
        {
            Execute(connection, $"DROP TABLE {table}");
        }
    }

    [Fact]
    public void Open_PlaceThatHoldsNoFacts_IsRefusedByName()
    {
        SourceOpening opening = new(Runtime.Editing.ModelCard.Empty, new HttpClient(), TimeSpan.FromSeconds(1), TimeProvider.System);

        Assert.Contains("facts.txt", Assert.Throws<ArgumentException>(() => opening.Open(new SourcePlace("facts.txt"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 8)]
    [InlineData(5, 10)]
    [InlineData(100, 10)]
    public void After_FailuresInARow_WaitsDoubleUpToTheLongest(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new WatchTimes(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)).After(failures));

    public void Dispose() => _folder.Dispose();

    private static void Execute(System.Data.Common.DbConnection connection, string sql)
    {
        using System.Data.Common.DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
