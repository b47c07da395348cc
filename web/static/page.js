// One listener per kind of event on the document: it survives every re-rendering of chat and panel.
() => {
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const behavior = () => (calm.matches ? 'auto' : 'smooth');
  let lastCite = null; // href of the citation that was followed, since its element may be re-rendered

  const sourceOf = (cite) => document.getElementById(cite.getAttribute('href').slice(1));
  const citeOf = (card) => document.querySelector(`a.gw-cite[href="#${CSS.escape(card.id)}"]`);

  const mark = (selector, chosen) => {
    document.querySelectorAll(`${selector}.active`).forEach((other) => other.classList.remove('active'));
    if (chosen) chosen.classList.add('active');
  };

  const showSource = (cite) => {
    const card = sourceOf(cite);
    if (!card) return;
    for (let fold = card.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
    mark('.gw-card', card);
    mark('.gw-cite', cite);
    lastCite = cite.getAttribute('href');
    card.focus({ preventScroll: true });
    (card.querySelector('mark') || card).scrollIntoView({ block: 'center', behavior: behavior() });
  };

  const backToAnswer = (card) => {
    const cite = citeOf(card) || document.querySelector('#gw-conversation');
    cite.scrollIntoView({ block: 'center', behavior: behavior() });
    cite.focus({ preventScroll: true });
  };

  // ---------------------------------------------------------------- tooltip
  const TIP = 320; // characters of a quote
  const tip = Object.assign(document.createElement('div'), { id: 'gw-tip', hidden: true });
  tip.setAttribute('role', 'tooltip');
  document.body.append(tip);

  const describe = (cite) => {
    const card = sourceOf(cite);
    if (!card) return;
    const title = card.querySelector('h3 span:last-child')?.textContent ?? '';
    const quote = card.querySelector('mark')?.textContent ?? '';
    const name = document.createElement('b');
    name.textContent = title;
    tip.replaceChildren(name, card.querySelector('.gw-by')?.textContent ?? '', document.createElement('br'),
      `“${quote.length > TIP ? quote.slice(0, TIP) + '…' : quote}”`);
    cite.setAttribute('aria-label', `${cite.textContent.replace(/\D/g, '')}: source, ${title}`);
    tip.hidden = false;
    const box = cite.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left), innerWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 8;
    Object.assign(tip.style, { left: `${left}px`, top: `${above > 8 ? above : box.bottom + 8}px` });
  };
  const hideTip = () => { tip.hidden = true; };

  // ---------------------------------------------------------------- copy and save
  const copyAnswer = (button) => {
    const text = document.getElementById(button.id.replace('gw-copy', 'gw-text'))?.value;
    if (text === undefined) return;
    const label = button.textContent;
    navigator.clipboard.writeText(text).then(() => {
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = label; }, 1600);
    });
  };

  const save = ({ name, mime, text }) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: mime }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // ---------------------------------------------------------------- address
  const remember = (pairs) => {
    const query = new URLSearchParams(location.search);
    for (const [name, values] of pairs) {
      query.delete(name);
      for (const value of [values ?? ''].flat()) if (value) query.append(name, value);
    }
    const text = query.toString();
    history.replaceState(history.state, '', text ? `?${text}` : location.pathname);
  };
  const FILTERS = ['outlet', 'author', 'language', 'since', 'until', 'date'];

  // ---------------------------------------------------------------- events
  document.addEventListener('click', (event) => {
    const cite = event.target.closest?.('a.gw-cite');
    const back = event.target.closest?.('a.gw-back');
    const copy = event.target.closest?.('.gw-copy');
    if (cite || back) event.preventDefault();
    if (cite) { hideTip(); showSource(cite); }
    if (back) backToAnswer(back.closest('.gw-card'));
    if (copy) copyAnswer(copy);
  }, true);
  for (const [over, out] of [['mouseover', 'mouseout'], ['focusin', 'focusout']]) {
    document.addEventListener(over, (event) => {
      const cite = event.target.closest?.('a.gw-cite');
      if (cite) describe(cite);
    });
    document.addEventListener(out, (event) => { if (event.target.closest?.('a.gw-cite')) hideTip(); });
  }
  document.addEventListener('scroll', hideTip, true);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hideTip();
    if (event.key === '/' && !event.target.closest('input, textarea, [contenteditable]')) {
      event.preventDefault();
      document.querySelector('#gw-question textarea')?.focus();
    }
  });

  // Gradio labels each bubble with its HTML source, which a screen reader would read aloud.
  const relabel = () => document.querySelectorAll('#gw-conversation [aria-label*="<div"]').forEach((bubble) => {
    bubble.setAttribute('aria-label', bubble.dataset.testid === 'user' ? 'Question' : 'Answer');
  });
  new MutationObserver(relabel).observe(document.body, { subtree: true, childList: true, attributeFilter: ['aria-label'] });

  window.groundwire = {
    save,
    rememberFilters: (values) => remember(FILTERS.map((name, i) => [name, values[i]])),
    rememberQuestion: () => {
      const asked = [...document.querySelectorAll('#gw-conversation .gw-question')].at(-1);
      remember([['q', asked?.firstElementChild.textContent ?? '']]);
    },
    checked: (name) => [...document.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value),
    showArticle: () => requestAnimationFrame(() => requestAnimationFrame(() => {
      const article = document.querySelector('#gw-article');
      article?.querySelector('h2')?.focus({ preventScroll: true });
      const quote = article?.querySelector('mark.active') ?? article?.querySelector('mark');
      if (quote) quote.scrollIntoView({ block: 'center', behavior: behavior() });
      else scrollTo({ top: 0 });
    })),
    returnFromArticle: () => requestAnimationFrame(() => requestAnimationFrame(() => {
      const card = document.querySelector('.gw-card.active') || document.querySelector('.gw-cite.active');
      card?.focus({ preventScroll: true });
      card?.scrollIntoView({ block: 'center' });
    })),
  };
}
