using System.Text.Json.Nodes;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>The user wants something that has nothing to do with facts: the time, a phone number, the weather.</summary>
internal static class OtherTurns
{
    private static readonly string[] _skies = ["sunny", "rain", "cloudy", "snow", "windy", "fog"];

    /// <summary>Asks for the time.</summary>
    public static void Time(Dialogue dialogue)
    {
        dialogue.Tag = "time";
        dialogue.User(dialogue.Phrase("time"));
        if (!dialogue.Has("get_time"))
        {
            dialogue.Refuse();
            return;
        }

        dialogue.Call("get_time");
        string time = $"{dialogue.Random.Next(24):00}:{dialogue.Random.Next(60):00}";
        if (dialogue.Random.Chance(0.5))
        {
            dialogue.Result(time);
        }
        else
        {
            dialogue.Result(new JsonObject { ["time"] = time });
        }

        dialogue.Say($"It is {time}.");
        dialogue.Last = null;
    }

    /// <summary>Asks for somebody's phone number.</summary>
    public static void Search(Dialogue dialogue)
    {
        string name = dialogue.Facts.Outsider(dialogue.Random.Choose([EntityKind.Person, EntityKind.Person, EntityKind.Company]));
        if (dialogue.Random.Chance(0.3))
        {
            name = dialogue.Facts.Known(EntityKind.Person);
        }

        dialogue.Tag = "search";
        dialogue.User(dialogue.Phrase("search").Replace("{x}", name, StringComparison.Ordinal));
        if (!dialogue.Has("search_directory"))
        {
            dialogue.Refuse();
            return;
        }

        dialogue.Call("search_directory", ("query", name));
        if (dialogue.Random.Chance(0.8))
        {
            string number = $"555-{dialogue.Random.Next(10000):0000}";
            dialogue.Result(new JsonObject { ["name"] = name, ["phone"] = number });
            dialogue.Say($"The phone number of {name} is {number}.");
        }
        else
        {
            dialogue.Result(new JsonObject { ["results"] = new JsonArray() });
            dialogue.Say($"I found nothing for {name}.");
        }

        dialogue.Last = null;
    }

    /// <summary>Asks for the weather of a city.</summary>
    public static void Weather(Dialogue dialogue)
    {
        string city = dialogue.Random.Chance(0.4) ? dialogue.Facts.Known(EntityKind.City) : dialogue.Facts.Outsider(EntityKind.City);
        dialogue.Tag = "weather";
        dialogue.User(dialogue.Phrase("weather").Replace("{x}", city, StringComparison.Ordinal));
        if (!dialogue.Has("get_weather"))
        {
            dialogue.Refuse();
            return;
        }

        dialogue.Call("get_weather", ("city", city));
        string sky = dialogue.Random.Choose(_skies);
        int degrees = dialogue.Random.Next(-5, 35);
        dialogue.Result(new JsonObject { ["weather"] = sky, ["degrees"] = degrees });
        dialogue.Say($"In {city}: {sky}, {degrees} degrees.");
        dialogue.Last = null;
    }
}
