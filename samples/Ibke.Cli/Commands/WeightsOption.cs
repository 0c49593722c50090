using System.CommandLine;
using Ibke.Runtime.Models;

namespace Ibke.Cli.Commands;

/// <summary>How a command holds the weights of its model.</summary>
internal static class WeightsOption
{
    /// <summary>The option <c>--weights</c>.</summary>
    public static Option<WeightStorage> Create() => new("--weights")
    {
        Description = "stored (default): as they are in the file. 8bit: linear layers in 8-bit blocks, made at load; less memory, faster replies.",
        HelpName = "stored|8bit",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "stored":
                    return WeightStorage.AsStored;
                case "8bit":
                    return WeightStorage.Blocks8;
                default:
                    result.AddError($"--weights is '{result.Tokens[0].Value}', but must be stored or 8bit.");
                    return default;
            }
        },
    };
}
