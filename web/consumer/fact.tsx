/** One line of a list of facts (`<dl className="facts">`): what it is, and what it says. */
export const Fact = (props: { name: string; children: React.ReactNode }): React.ReactNode => (
  <div>
    <dt>{props.name}</dt>
    <dd>{props.children}</dd>
  </div>
);
