using System.Text;
using Ibke.Runtime.Templates.Library;
using Ibke.Runtime.Templates.Syntax;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Evaluation;

/// <summary>Runs the statements of a template and collects what they print. One object renders once.</summary>
internal sealed class StatementRenderer(RenderBudget budget)
{
    private readonly ExpressionEvaluator _evaluator = new(budget);

    /// <summary>How a body ended.</summary>
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>The text of a template with the given variables.</summary>
    /// <exception cref="TemplateException">The rendering fails; the message names line and column.</exception>
    public string Render(IReadOnlyList<Statement> body, Scope globals)
    {
        StringBuilder output = new();
        try
        {
            Run(body, new Scope(globals), output);
        }
        catch (TemplateException failure)
        {
            throw failure.At(_evaluator.Position.Line, _evaluator.Position.Column);
        }

        return output.ToString();
    }

    private Flow Run(IReadOnlyList<Statement> body, Scope scope, StringBuilder output)
    {
        foreach (Statement statement in body)
        {
            budget.Charge(1);
            _evaluator.Position = statement.Position;
            Flow flow = Run(statement, scope, output);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement, Scope scope, StringBuilder output)
    {
        switch (statement)
        {
            case TextOutput text:
                Write(text.Text, output);
                return Flow.Next;
            case Print print:
                Write(PythonText.Of(_evaluator.Evaluate(print.Value, scope), budget), output);
                return Flow.Next;
            case If branches:
                return Run(Choose(branches, scope), scope, output);
            case For loop:
                Loop(loop, _evaluator.Evaluate(loop.Source, scope), scope, 0, output);
                return Flow.Next;
            case Break:
                return Flow.Break;
            case Continue:
                return Flow.Continue;
            case Block block:
                return Run(block.Body, scope, output);
            default:
                RunDefinition(statement, scope, output);
                return Flow.Next;
        }
    }

    private void RunDefinition(Statement statement, Scope scope, StringBuilder output)
    {
        switch (statement)
        {
            case Set set:
                Assign(set.Target, _evaluator.Evaluate(set.Value, scope), scope);
                break;
            case SetBlock set:
                Assign(set.Target, Filtered(set.Filters, set.Body, scope), scope);
                break;
            case FilterBlock filter:
                Write(PythonText.Of(Filtered(filter.Filters, filter.Body, scope), budget), output);
                break;
            case With with:
                RunWith(with, scope, output);
                break;
            case MacroDefinition macro:
                scope.Set(macro.Name, MakeMacro(macro.Name, macro.Function, scope));
                break;
            case CallBlock call:
                RunCall(call, scope, output);
                break;
            default:
                throw new InvalidOperationException($"No rule for {statement.GetType().Name}.");
        }
    }

    private void Write(string text, StringBuilder output)
    {
        budget.CheckLength((long)output.Length + text.Length);
        budget.Charge(text.Length / 16);
        output.Append(text);
    }

    private IReadOnlyList<Statement> Choose(If branches, Scope scope)
    {
        foreach ((Expression condition, IReadOnlyList<Statement> body) in branches.Branches)
        {
            if (ValueKinds.IsTrue(_evaluator.Evaluate(condition, scope)))
            {
                return body;
            }
        }

        return branches.Else;
    }

    private void Loop(For loop, object? source, Scope scope, int depth, StringBuilder output)
    {
        budget.Enter();
        List<object?> items = [];
        foreach (object? item in ValueKinds.Enumerate(source))
        {
            budget.Charge(1);
            Scope trial = new(scope);
            Assign(loop.Target, item, trial);
            if (loop.Filter is null || ValueKinds.IsTrue(_evaluator.Evaluate(loop.Filter, trial)))
            {
                items.Add(item);
            }
        }

        LoopState state = new(items, depth, budget, loop.IsRecursive ? value => Recurse(loop, value, scope, depth + 1) : null);

        // 'else' is for a loop of which no round came to its end; rounds that are broken off or continued early do not count.
        bool ended = false;
        for (int i = 0; i < items.Count; i++)
        {
            budget.Charge(1);
            state.Index = i;
            Scope round = new(scope);
            round.Set("loop", state);
            Assign(loop.Target, items[i], round);
            Flow flow = Run(loop.Body, round, output);
            ended |= flow == Flow.Next;
            if (flow == Flow.Break)
            {
                break;
            }
        }

        if (!ended)
        {
            Run(loop.Else, new Scope(scope), output);
        }

        budget.Leave();
    }

    private string Recurse(For loop, object? source, Scope scope, int depth)
    {
        StringBuilder output = new();
        Loop(loop, source, scope, depth, output);
        return output.ToString();
    }

    private void Assign(AssignmentTarget target, object? value, Scope scope)
    {
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                break;
            case AttributeTarget attribute when scope.TryGet(attribute.Variable, out object? owner)
                && owner is TemplateDictionary { IsNamespace: true } values:
                values.Set(attribute.Attribute, value);
                break;
            case TupleTarget several:
                List<object?> items = SequenceFilters.Collect(value, budget);
                if (items.Count != several.Items.Count)
                {
                    throw new TemplateException($"{several.Items.Count} names are given for {items.Count} values");
                }

                for (int i = 0; i < items.Count; i++)
                {
                    Assign(several.Items[i], items[i], scope);
                }

                break;
            default:
                throw new TemplateException("attributes can be set on a namespace only");
        }
    }

    private object? Filtered(IReadOnlyList<(string Name, ArgumentList Arguments)> filters, IReadOnlyList<Statement> body, Scope scope)
    {
        StringBuilder text = new();
        Run(body, new Scope(scope), text);
        object? value = text.ToString();
        foreach ((string name, ArgumentList arguments) in filters)
        {
            value = FilterTable.Apply(name, value, _evaluator.EvaluateArguments(arguments, scope), budget);
        }

        return value;
    }

    private void RunWith(With with, Scope scope, StringBuilder output)
    {
        Scope inner = new(scope);
        foreach ((AssignmentTarget target, Expression value) in with.Assignments)
        {
            Assign(target, _evaluator.Evaluate(value, scope), inner);
        }

        Run(with.Body, inner, output);
    }

    private void RunCall(CallBlock call, Scope scope, StringBuilder output)
    {
        object? target = _evaluator.Evaluate(call.Target.Target, scope);
        Arguments given = _evaluator.EvaluateArguments(call.Target.Arguments, scope);
        Dictionary<string, object?> named = new(given.Named) { ["caller"] = MakeMacro("caller", call.Function, scope) };
        Write(PythonText.Of(_evaluator.Invoke(target, new Arguments(given.Positional, named)), budget), output);
    }

    private TemplateFunction MakeMacro(string name, FunctionBody function, Scope scope) =>
        new(name, arguments => RunMacro(name, function, scope, arguments))
        {
            Printed = $"<Macro '{name}'>",
            Attributes = new Dictionary<string, object?>
            {
                ["name"] = name,
                ["arguments"] = new TemplateList([.. function.Parameters.Select(static parameter => parameter.Name)], true),
            },
        };

    private string RunMacro(string name, FunctionBody function, Scope definition, Arguments arguments)
    {
        budget.Enter();
        Scope scope = new(definition);
        for (int i = 0; i < function.Parameters.Count; i++)
        {
            Parameter parameter = function.Parameters[i];
            object? value = arguments.Has(i, parameter.Name) ? arguments.Get(i, parameter.Name)
                : parameter.Default is not null ? _evaluator.Evaluate(parameter.Default, scope)
                : Undefined.Variable(parameter.Name);
            scope.Set(parameter.Name, value);
        }

        BindRest(name, function, arguments, scope);
        StringBuilder output = new();
        Run(function.Statements, scope, output);
        budget.Leave();
        return output.ToString();
    }

    private static void BindRest(string name, FunctionBody function, Arguments arguments, Scope scope)
    {
        TemplateDictionary more = new();
        foreach ((string key, object? value) in arguments.Named.Where(pair => function.Parameters.All(parameter => parameter.Name != pair.Key)))
        {
            if (key == "caller")
            {
                scope.Set(key, value);
            }
            else
            {
                more.Set(key, value);
            }
        }

        if ((arguments.Positional.Count > function.Parameters.Count && !function.TakesMorePositional) || (more.Count > 0 && !function.TakesMoreNamed))
        {
            throw new TemplateException($"the macro '{name}' takes {function.Parameters.Count} arguments, not {arguments.Count}");
        }

        scope.Set("varargs", new TemplateList([.. arguments.Positional.Skip(function.Parameters.Count)], true));
        scope.Set("kwargs", more);
    }
}
