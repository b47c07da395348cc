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
      `“${quote.length > 180 ? quote.slice(0, 180) + '…' : quote}”`);
    cite.setAttribute('aria-label', `${cite.textContent.replace(/\D/g, '')}: source, ${title}`);
    tip.hidden = false;
    const box = cite.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left), innerWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 8;
    Object.assign(tip.style, { left: `${left}px`, top: `${above > 8 ? above : box.bottom + 8}px` });
  };
  const hideTip = () => { tip.hidden = true; };

  // ---------------------------------------------------------------- copy
  const copyAnswer = (button) => {
    const answer = button.closest('.gw-answer');
    const words = [...answer.querySelectorAll('.gw-lead, .gw-sentence, .gw-cite, .gw-state')].map((part) => {
      const text = part.textContent.trim();
      return part.matches('.gw-cite') ? text : part.matches('.gw-state') ? ` (${text})` : `\n${text} `;
    }).join('').trim();
    const cards = new Set([...answer.querySelectorAll('a.gw-cite')].map(sourceOf).filter(Boolean));
    const sources = [...cards].map((card) => `[${card.querySelector('.gw-num').textContent}] ` +
      `${card.querySelector('h3 span:last-child').textContent}, ${card.querySelector('.gw-by').textContent}: ` +
      `“${card.querySelector('mark').textContent}”`);
    navigator.clipboard.writeText(`${words}\n\n${sources.join('\n')}\n`).then(() => {
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy with sources'; }, 1600);
    });
  };

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
    showArticle: () => requestAnimationFrame(() => requestAnimationFrame(() => {
      const article = document.querySelector('#gw-article');
      article?.querySelector('h2')?.focus({ preventScroll: true });
      const quote = article?.querySelector('mark');
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
