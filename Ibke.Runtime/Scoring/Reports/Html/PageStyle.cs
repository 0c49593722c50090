namespace Ibke.Runtime.Scoring.Reports.Html;

/// <summary>The style sheet of the page: light and dark, wide and narrow. Colours of lines keep apart for most kinds of colour blindness.</summary>
internal static class PageStyle
{
    /// <summary>The sheet.</summary>
    public const string Css = """
        :root { color-scheme: light dark; --paper: #fcfcfb; --ink: #1c1c1a; --soft: #5f5e5a; --rule: #dddcd6; --band: #f3f2ee; --good: #1d7a46; --bad: #b3261e;
          --s0: #1f4fd8; --s1: #c2410c; --s2: #15803d; --s3: #a21caf; --s4: #0e7490; --s5: #b45309; --s6: #be123c; --s7: #4d7c0f; --s8: #6d28d9; --s9: #57534e; }
        @media (prefers-color-scheme: dark) { :root { --paper: #171715; --ink: #ecebe6; --soft: #a5a49c; --rule: #3b3a36; --band: #21211e; --good: #6fce96; --bad: #ff8a80;
          --s0: #8ab0ff; --s1: #ff9a5c; --s2: #69d391; --s3: #ee91f5; --s4: #59cfe6; --s5: #f3c04b; --s6: #ff8fa6; --s7: #b4dc5c; --s8: #bba2ff; --s9: #b9b5ad; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 24px 20px 64px; }
        h1 { font-size: 26px; line-height: 1.2; margin: 0 0 6px; } h2 { font-size: 19px; margin: 36px 0 6px; } h3 { font-size: 15px; margin: 18px 0 4px; }
        p { margin: 4px 0 12px; max-width: 76ch; } .soft, figcaption, small, th { color: var(--soft); } small { font-size: 11.5px; white-space: nowrap; }
        code { font: 12.5px ui-monospace, monospace; overflow-wrap: anywhere; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); gap: 14px; margin: 10px 0; }
        figure { margin: 0; border: 1px solid var(--rule); border-radius: 8px; padding: 10px 8px 4px; display: flex; flex-direction: column; justify-content: space-between; } figcaption { font-weight: 600; padding: 0 6px; font-size: 13.5px; }
        svg { display: block; width: 100%; height: auto; } .grid { stroke: var(--rule); stroke-width: 1; }
        .tick, .axis { fill: var(--soft); font-size: 10.5px; } .line polyline { fill: none; stroke: var(--s); stroke-width: 1.6; stroke-linejoin: round; }
        .line path { fill: var(--s); stroke: var(--paper); stroke-width: 1; } .line .interval { stroke: var(--s); stroke-width: 1.2; opacity: .55; } .line.s0 polyline { stroke-width: 2.8; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; padding: 0; margin: 8px 0; } .legend svg { width: 26px; height: 12px; display: inline-block; vertical-align: -1px; margin-right: 6px; }
        .s0 { --s: var(--s0); } .s1 { --s: var(--s1); } .s2 { --s: var(--s2); } .s3 { --s: var(--s3); } .s4 { --s: var(--s4); }
        .s5 { --s: var(--s5); } .s6 { --s: var(--s6); } .s7 { --s: var(--s7); } .s8 { --s: var(--s8); } .s9 { --s: var(--s9); }
        .wide { overflow-x: auto; margin: 8px 0 14px; } table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: 4px 10px; border-bottom: 1px solid var(--rule); white-space: nowrap; } th { font-weight: 600; font-size: 12.5px; }
        th:first-child, td:first-child, .text { text-align: left; } tr.first td { border-top: 2px solid var(--rule); } tr:hover td { background: var(--band); }
        td.best b { color: var(--good); } .bad { color: var(--bad); font-weight: 600; } .said td { white-space: normal; text-align: left; vertical-align: top; min-width: 12ch; max-width: 46ch; }
        details { border-top: 1px solid var(--rule); padding: 6px 0; } summary { cursor: pointer; font-weight: 600; font-size: 14px; }
        @media (max-width: 560px) { main { padding: 16px 12px 40px; } h1 { font-size: 21px; } th, td { padding: 4px 7px; } }
        @media print { details { display: block; } }
        """;
}
