using Ibke.Runtime.Templates.Library;
using Ibke.Runtime.Templates.Syntax;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Evaluation;

/// <summary>Computes the values of expressions.</summary>
internal sealed class ExpressionEvaluator(RenderBudget budget)
{
    /// <summary>Where evaluation is, for the place in an error.</summary>
    public SourcePosition Position { get; set; } = new(1, 1);

    public object? Evaluate(Expression expression, Scope scope)
    {
        budget.Enter();
        budget.Charge(1);
        Position = expression.Position;
        object? value = expression switch
        {
            Constant constant => constant.Value,
            Variable variable => scope.TryGet(variable.Name, out object? found) ? found : Undefined.Variable(variable.Name),
            ListLiteral list => new TemplateList([.. list.Items.Select(item => Evaluate(item, scope))], list.IsTuple),
            DictionaryLiteral dictionary => MakeDictionary(dictionary, scope),
            Unary unary => Apply(unary, scope),
            Binary binary => Apply(binary, scope),
            Comparison comparison => Compare(comparison, scope),
            Conditional conditional => Choose(conditional, scope),
            AttributeAccess access => Attribute(Evaluate(access.Target, scope), access),
            ItemAccess access => Item(Evaluate(access.Target, scope), Evaluate(access.Index, scope)),
            SliceAccess slice => Members.Slice(
                Evaluate(slice.Target, scope), Optional(slice.From, scope), Optional(slice.To, scope), Optional(slice.Step, scope), budget),
            Call call => Invoke(call, scope),
            FilterCall filter => Filter(filter, scope),
            TestCall test => Check(test, scope),
            _ => throw new InvalidOperationException($"No rule for {expression.GetType().Name}."),
        };
        budget.Leave();
        return value;
    }

    public Arguments EvaluateArguments(ArgumentList list, Scope scope)
    {
        if (list.Positional.Count == 0 && list.Named.Count == 0 && list.Spread is null && list.NamedSpread is null)
        {
            return Arguments.None;
        }

        List<object?> positional = [.. list.Positional.Select(value => Evaluate(value, scope))];
        Dictionary<string, object?> named = [];
        foreach ((string name, Expression value) in list.Named)
        {
            named[name] = Evaluate(value, scope);
        }

        if (list.Spread is not null)
        {
            positional.AddRange(SequenceFilters.Collect(Evaluate(list.Spread, scope), budget));
        }

        if (list.NamedSpread is not null)
        {
            TemplateDictionary more = Evaluate(list.NamedSpread, scope) as TemplateDictionary
                ?? throw new TemplateException("'**' needs a dictionary");
            foreach ((object? key, object? value) in more.Entries)
            {
                named[PythonText.Of(key, budget)] = value;
            }
        }

        return new Arguments(positional, named);
    }

    /// <summary>Calls a function, a macro or a recursive loop.</summary>
    /// <exception cref="TemplateException">The value cannot be called.</exception>
    public object? Invoke(object? target, Arguments arguments)
    {
        budget.Charge(1);
        return target switch
        {
            TemplateFunction function => function.Call(arguments),
            LoopState loop => loop.Recurse(arguments),
            Undefined undefined => throw undefined.Error(),
            _ => throw new TemplateException($"a {ValueKinds.NameOf(target)} cannot be called"),
        };
    }

    private object? Invoke(Call call, Scope scope)
    {
        object? target = Evaluate(call.Target, scope);
        Arguments arguments = EvaluateArguments(call.Arguments, scope);
        Position = call.Position;
        return Invoke(target, arguments);
    }

    private object? Optional(Expression? expression, Scope scope) => expression is null ? null : Evaluate(expression, scope);

    private TemplateDictionary MakeDictionary(DictionaryLiteral literal, Scope scope)
    {
        TemplateDictionary dictionary = new();
        foreach ((Expression key, Expression value) in literal.Items)
        {
            object? name = Evaluate(key, scope);
            budget.ChargeReading(name);
            dictionary.Set(name, Evaluate(value, scope));
        }

        return dictionary;
    }

    private object? Apply(Unary unary, Scope scope)
    {
        object? operand = Evaluate(unary.Operand, scope);
        return unary.Operator switch
        {
            "not" => !ValueKinds.IsTrue(operand),
            "-" => Operators.Negate(operand),
            _ => Numbers.Normalize(operand),
        };
    }

    private object? Apply(Binary binary, Scope scope)
    {
        object? left = Evaluate(binary.Left, scope);
        switch (binary.Operator)
        {
            case "and":
                return ValueKinds.IsTrue(left) ? Evaluate(binary.Right, scope) : left;
            case "or":
                return ValueKinds.IsTrue(left) ? left : Evaluate(binary.Right, scope);
        }

        object? right = Evaluate(binary.Right, scope);
        Position = binary.Position;
        return binary.Operator == "~" ? Operators.Join(left, right, budget) : Operators.Arithmetic(binary.Operator, left, right, budget);
    }

    private object Compare(Comparison comparison, Scope scope)
    {
        object? left = Evaluate(comparison.First, scope);
        foreach ((string op, Expression operand) in comparison.Rest)
        {
            object? right = Evaluate(operand, scope);
            if (!Operators.Compare(op, left, right, budget))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private object? Choose(Conditional conditional, Scope scope)
    {
        if (ValueKinds.IsTrue(Evaluate(conditional.Condition, scope)))
        {
            return Evaluate(conditional.WhenTrue, scope);
        }

        return conditional.WhenFalse is null
            ? new Undefined("the condition is false and there is no 'else'")
            : Evaluate(conditional.WhenFalse, scope);
    }

    private object? Attribute(object? target, AttributeAccess access)
    {
        Position = access.Position;
        return target is LoopState loop ? loop.Attribute(access.Name) : Members.Attribute(target, access.Name, budget);
    }

    private object? Item(object? target, object? index) =>
        target is LoopState loop && index is string name ? loop.Attribute(name) : Members.Item(target, index, budget);

    private object? Filter(FilterCall filter, Scope scope)
    {
        object? value = Evaluate(filter.Target, scope);
        Arguments arguments = EvaluateArguments(filter.Arguments, scope);
        Position = filter.Position;
        return FilterTable.Apply(filter.Name, value, arguments, budget);
    }

    private object Check(TestCall test, Scope scope)
    {
        object? value = Evaluate(test.Target, scope);
        Arguments arguments = EvaluateArguments(test.Arguments, scope);
        Position = test.Position;
        return TestTable.Apply(test.Name, value, arguments, budget) != test.IsNegated;
    }
}
