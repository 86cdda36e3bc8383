/**
 * Every error the gateway can answer, in one table. `docs/errors.md` is generated from it.
 *
 * place: where it arose. desk = the caller or the person at the desk; gateway = this program; reader = the card or
 * its reader; insurer, peer = the other side.
 * again: whether the very same request may be sent again. yes = nothing happened, later may work; after-change = fix
 * the request first; no = the outcome is settled.
 */
export interface ErrorKind {
  readonly status: number;
  readonly place: 'desk' | 'gateway' | 'reader' | 'insurer' | 'peer';
  readonly again: 'yes' | 'after-change' | 'no';
  /**
   * For messages between organisations, at which of the three places on their way: SEND_ the sender's gateway, PROXY_
   * one that passes them on, REC_ the receiver's. It tells whom to call.
   */
  readonly hop?: 'SEND_' | 'PROXY_' | 'REC_';
  /** What happened, and what to do next. */
  readonly zh: readonly [what: string, next: string];
  readonly en: readonly [what: string, next: string];
}

const kinds = {
  // The request itself
  'request.invalid': {
    status: 400,
    place: 'desk',
    again: 'after-change',
    zh: ['请求内容不符合接口定义', '按 pointer 指出的位置改正后重发'],
    en: [
      'The request does not match the interface',
      'Correct the place that pointer names and send it again',
    ],
  },
  'request.malformed': {
    status: 400,
    place: 'desk',
    again: 'after-change',
    zh: ['请求正文不是有效的 JSON', '检查正文的格式和编码(UTF-8)'],
    en: ['The body is not valid JSON', 'Check its syntax and encoding (UTF-8)'],
  },
  'request.too-large': {
    status: 413,
    place: 'desk',
    again: 'after-change',
    zh: ['请求正文过大', '分批发送'],
    en: ['The body is too large', 'Send it in parts'],
  },
  'request.media-type': {
    status: 415,
    place: 'desk',
    again: 'after-change',
    zh: ['不支持的内容类型', '使用 Content-Type: application/json'],
    en: ['Unsupported content type', 'Use Content-Type: application/json'],
  },
  'request.unreadable': {
    status: 400,
    place: 'desk',
    again: 'after-change',
    zh: ['收到的不是有效的 HTTP 请求', '检查调用程序及中间的代理'],
    en: ['What came is not a valid HTTP request', 'Check the calling program and any proxy between'],
  },
  'request.headers-too-large': {
    status: 431,
    place: 'desk',
    again: 'after-change',
    zh: ['请求头过大', '减少请求头的内容'],
    en: ['The headers are too large', 'Send fewer or shorter headers'],
  },
  'request.slow': {
    status: 408,
    place: 'desk',
    again: 'yes',
    zh: ['请求没有在限定时间内发完', '检查网络后重发'],
    en: ['The request did not arrive in time', 'Check the network and send it again'],
  },
  'request.unknown-route': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这个接口', '接口说明见 /docs'],
    en: ['No such route', 'See /docs for the interface'],
  },
  'request.method': {
    status: 405,
    place: 'desk',
    again: 'after-change',
    zh: ['此接口不支持该方法', '接口说明见 /docs'],
    en: ['This route does not take that method', 'See /docs for the interface'],
  },
  'request.key-missing': {
    status: 400,
    place: 'desk',
    again: 'after-change',
    zh: ['缺少 Idempotency-Key', '为每个业务动作生成一个唯一的键,重发时使用同一个键'],
    en: ['Idempotency-Key is missing', 'Make a unique key per act and use the same one when you repeat it'],
  },
  'request.key-reused': {
    status: 422,
    place: 'desk',
    again: 'no',
    zh: ['这个 Idempotency-Key 已用于另一份内容', '新的业务动作请使用新的键'],
    en: ['This Idempotency-Key was used with another body', 'Use a new key for a new act'],
  },
  'request.running': {
    status: 409,
    place: 'desk',
    again: 'yes',
    zh: ['同一请求正在处理', '稍候用同一个键重发,会得到它的结果'],
    en: ['The same request is still running', 'Repeat it with the same key in a moment to get its answer'],
  },
  'request.version': {
    status: 412,
    place: 'desk',
    again: 'after-change',
    zh: ['记录已被他人更新', '重新读取后再操作'],
    en: ['The record has changed since it was read', 'Read it again, then act'],
  },
  'request.version-missing': {
    status: 428,
    place: 'desk',
    again: 'after-change',
    zh: ['缺少 If-Match', '把读取时得到的 ETag 放进 If-Match'],
    en: ['If-Match is missing', 'Send the ETag of the record you read as If-Match'],
  },
  'request.rate': {
    status: 429,
    place: 'desk',
    again: 'yes',
    zh: ['请求过于频繁', '按 Retry-After 等待后重试'],
    en: ['Too many requests', 'Wait as Retry-After says'],
  },
  // Access
  'access.unknown-key': {
    status: 401,
    place: 'desk',
    again: 'after-change',
    zh: ['接口密钥缺失或无效', '在 Authorization: Bearer 中提供有效的密钥'],
    en: ['The API key is missing or unknown', 'Send a valid key as Authorization: Bearer'],
  },
  'access.forbidden': {
    status: 403,
    place: 'desk',
    again: 'after-change',
    zh: ['此密钥无权执行该操作', '请管理员为它添加所需的权限'],
    en: ['This key may not do that', 'Ask the administrator to grant it the scope'],
  },
  // The gateway itself
  'gateway.fault': {
    status: 500,
    place: 'gateway',
    again: 'yes',
    zh: ['网关内部错误', '用同一个 Idempotency-Key 重试;仍然出错请把 requestId 告诉维护人员'],
    en: ['The gateway failed', 'Repeat with the same Idempotency-Key; if it persists, report the requestId'],
  },
  'gateway.stopping': {
    status: 503,
    place: 'gateway',
    again: 'yes',
    zh: ['网关正在停止或重启', '几秒后用同一个键重试'],
    en: ['The gateway is stopping or restarting', 'Repeat with the same key in a few seconds'],
  },
  'gateway.busy': {
    status: 503,
    place: 'gateway',
    again: 'yes',
    zh: ['网关繁忙', '几秒后用同一个键重试'],
    en: ['The gateway is busy', 'Repeat with the same key in a few seconds'],
  },
  'gateway.store': {
    status: 503,
    place: 'gateway',
    again: 'yes',
    zh: ['网关的数据库暂时不可用,这次请求没有生效', '检查数据库和磁盘空间,然后用同一个键重试'],
    en: [
      'The gateway’s database is unavailable; nothing was done',
      'Check it and its disk, then repeat with the same key',
    ],
  },
  // Readers and cards
  'reader.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这台读卡器', '用 GET /v1/readers 查看已配置的读卡器'],
    en: ['No such reader', 'GET /v1/readers lists the configured ones'],
  },
  'reader.busy': {
    status: 409,
    place: 'reader',
    again: 'yes',
    zh: ['读卡器正在读另一张卡', '等这次读卡结束后再试'],
    en: ['The reader is busy with another reading', 'Try again when it has finished'],
  },
  'reader.absent': {
    status: 424,
    place: 'reader',
    again: 'yes',
    zh: ['读卡器未连接', '检查读卡器的电源和连线,连好后网关会自动恢复'],
    en: ['The reader is not connected', 'Check its power and cable; the gateway finds it again by itself'],
  },
  'reader.lost': {
    status: 424,
    place: 'reader',
    again: 'yes',
    zh: ['读卡过程中读卡器断开', '检查连线,然后请持卡人重新放卡'],
    en: ['The reader was lost during the reading', 'Check the cable, then lay the card down again'],
  },
  'reader.silent': {
    status: 424,
    place: 'reader',
    again: 'yes',
    zh: ['读卡器没有应答', '检查读卡器的电源和连线后重试;网关会自动重新连接'],
    en: [
      'The reader did not answer',
      'Check its power and cable and try again; the gateway reconnects by itself',
    ],
  },
  'reader.protocol': {
    status: 424,
    place: 'reader',
    again: 'yes',
    zh: ['读卡器的应答无法识别', '重新放卡再试;反复出现请重启读卡器'],
    en: [
      'The reader gave an answer that makes no sense',
      'Lay the card down again; if it persists, restart the reader',
    ],
  },
  'reader.unsupported': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['这台读卡器不能读所要求的证件', '换一台读卡器,或改变 accept'],
    en: ['This reader cannot read what was asked for', 'Use another reader or change accept'],
  },
  'card.none': {
    status: 408,
    place: 'reader',
    again: 'yes',
    zh: ['在规定时间内没有检测到卡', '请持卡人放好卡后重试'],
    en: ['No card was presented in time', 'Lay the card down and try again'],
  },
  'card.removed': {
    status: 422,
    place: 'reader',
    again: 'yes',
    zh: ['读卡过程中卡被取走', '请把卡放稳,读完再取'],
    en: ['The card was taken away during the reading', 'Leave the card in place until it has been read'],
  },
  'card.refused': {
    status: 422,
    place: 'reader',
    again: 'yes',
    zh: ['卡拒绝了读取', '重新放卡;仍然失败请换用身份证或医保电子凭证'],
    en: [
      'The card refused to be read',
      'Lay it down again; if it fails, use the ID card or the insurance code',
    ],
  },
  'card.unknown': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['不认识这种卡', '请出示社会保障卡、居民身份证或居民健康卡'],
    en: ['This kind of card is not known', 'Present a social-security, resident ID or health card'],
  },
  'card.locked-data': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['持卡人信息需要认证后才能读取(第三代卡)', '使用带 PSAM 的读卡器,或换用身份证、医保电子凭证'],
    en: [
      "The holder's data can only be read after authentication (3rd-generation card)",
      'Use a reader with a PSAM, or the ID card or insurance code',
    ],
  },
  'reader.leased': {
    status: 409,
    place: 'reader',
    again: 'yes',
    zh: ['读卡器正由另一位操作员使用', '等对方用完,或排队申请:POST /v1/readers/{id}/leases'],
    en: [
      'Another desk has the reader for its patient',
      'Wait until it is given back, or queue: POST /v1/readers/{id}/leases',
    ],
  },
  'reader.queue-full': {
    status: 409,
    place: 'reader',
    again: 'yes',
    zh: ['等候这台读卡器的人太多', '稍后再试,或换一台读卡器'],
    en: ['Too many wait for this reader', 'Try again later, or use another reader'],
  },
  'lease.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这个占用,或已到期', '重新申请读卡器'],
    en: ['No such lease, or it has ended', 'Ask for the reader again'],
  },
  'card.not-lifted': {
    status: 422,
    place: 'reader',
    again: 'yes',
    zh: ['上一张身份证还没有拿开', '请先拿开身份证,再重新放上'],
    en: ['The last ID card still lies on the reader', 'Lift it, then lay it down again'],
  },
  'card.expired': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['卡或证件已过有效期', '请持卡人换卡,或出示其他证件'],
    en: ['The card or document has expired', 'Have it renewed, or present another document'],
  },
  'card.blocked': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['卡或其应用已被锁定', '请持卡人到发卡机构解锁,本次换用其他证件'],
    en: ['The card or its application is blocked', 'Its issuer can unblock it; use another document now'],
  },
  'card.revoked': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['卡已挂失或注销', '不要受理这张卡,请出示其他证件'],
    en: ['The card was reported lost or cancelled', 'Do not accept it; ask for another document'],
  },
  'card.authentication': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['卡未通过认证', '这张卡可能不是真卡,请换用其他证件并告知发卡机构'],
    en: [
      'The card did not pass its authentication',
      'It may not be genuine: use another document and tell its issuer',
    ],
  },
  'card.file-not-found': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['卡上没有这个文件或数据项', '核对文件地址'],
    en: ['The card has no such file or item', 'Check the file address'],
  },
  'card.other': {
    status: 422,
    place: 'reader',
    again: 'yes',
    zh: ['这不是所指定的那张卡', '请放上 cardId 所指的卡'],
    en: ['This is another card than the one meant', 'Lay down the card that cardId names'],
  },
  'card.write-refused': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['卡拒绝写入', '核对数据和权限'],
    en: ['The card refused to be written', 'Check the data and the rights'],
  },
  'pin.unsupported': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['这台读卡器没有密码键盘', '换一台带密码键盘的读卡器'],
    en: ['This reader has no PIN pad', 'Use a reader with a PIN pad'],
  },
  'pin.wrong': {
    status: 422,
    place: 'reader',
    again: 'yes',
    zh: ['密码错误', '请持卡人重新输入;剩余次数见 facts.triesLeft'],
    en: ['The PIN is wrong', 'Have the holder type it again; facts.triesLeft says how often he may'],
  },
  'pin.locked': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['密码已锁定', '请持卡人到发卡机构解锁'],
    en: ['The PIN is locked', 'Its issuer can unlock it'],
  },
  'pin.cancelled': {
    status: 422,
    place: 'reader',
    again: 'yes',
    zh: ['持卡人取消了密码输入', '需要时重新发起'],
    en: ['The holder cancelled the PIN entry', 'Start again if it is still wanted'],
  },
  'pin.timeout': {
    status: 408,
    place: 'reader',
    again: 'yes',
    zh: ['密码输入超时', '请持卡人在键盘上输入后重试'],
    en: ['No PIN was typed in time', 'Have the holder type it, and try again'],
  },
  'pin.length': {
    status: 422,
    place: 'reader',
    again: 'yes',
    zh: ['密码长度不对', '请输入 4–12 位数字'],
    en: ['The PIN has a wrong length', 'Type 4 to 12 digits'],
  },
  'pin.differs': {
    status: 422,
    place: 'reader',
    again: 'yes',
    zh: ['两次输入的新密码不一致', '请重新输入'],
    en: ['The two new PINs differ', 'Type them again'],
  },
  'encryption.unreachable': {
    status: 503,
    place: 'insurer',
    again: 'yes',
    zh: ['连接不上社保卡加密机服务', '检查专线后重试;或换用身份证'],
    en: ['The encryption machine cannot be reached', 'Check the line and try again, or use the ID card'],
  },
  'encryption.refused': {
    status: 502,
    place: 'insurer',
    again: 'after-change',
    zh: ['加密机拒绝了认证请求', '按 detail 中的原因处理;或换用身份证'],
    en: ['The encryption machine refused', 'Act on the reason in detail, or use the ID card'],
  },
  'code.unknown': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['不是可识别的医保电子凭证、电子健康卡或证件号码', '核对后重新扫码或录入'],
    en: [
      'Neither an insurance code, nor a health code, nor a document number',
      'Check it, then scan or type it again',
    ],
  },
  'code.number': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['证件号码校验不通过', '核对后重新录入'],
    en: ['The number does not pass its own check', 'Check it and type it again'],
  },
  'code.refused': {
    status: 422,
    place: 'insurer',
    again: 'after-change',
    zh: ['发码方不认可这个码(过期、已使用或不是本类码)', '请持码人刷新后重新出示'],
    en: [
      'The issuer does not accept this code: expired, used, or another kind',
      'Have the holder refresh it and show it again',
    ],
  },
  'code.unreachable': {
    status: 503,
    place: 'insurer',
    again: 'yes',
    zh: ['连接不上解码服务', '检查网络后重试;或换用实体卡'],
    en: ['The service that decodes cannot be reached', 'Check the network and try again, or use a card'],
  },
  'code.unsupported': {
    status: 422,
    place: 'gateway',
    again: 'after-change',
    zh: ['没有配置这种码的解码服务', '请管理员配置 cards.insuranceCode 或 cards.healthCode'],
    en: [
      'No service is configured to decode this kind of code',
      'Have cards.insuranceCode or cards.healthCode configured',
    ],
  },
  'code.typed-refused': {
    status: 422,
    place: 'gateway',
    again: 'after-change',
    zh: ['本机构不接受手工录入的证件', '请刷卡或扫码'],
    en: ['Typed numbers are not accepted here', 'Read a card or scan a code'],
  },
  'identity.differs': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['两份证件不是同一个人', '核对持证人;facts 指出不一致的项'],
    en: ['The two documents name different persons', 'Check who is there; facts name what differs'],
  },
  'purse.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这笔电子钱包交易', '核对交易编号'],
    en: ['No such purse transaction', 'Check its id'],
  },
  'purse.balance': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['电子钱包余额不足', '请持卡人充值或改用其他方式支付'],
    en: ['The purse holds too little', 'Load it, or pay otherwise'],
  },
  'purse.refused': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['卡或 PSAM 拒绝了这笔电子钱包交易,没有扣款', '换用其他方式支付'],
    en: ['The card or the PSAM refused; nothing was debited', 'Pay otherwise'],
  },
  'purse.torn': {
    status: 409,
    place: 'reader',
    again: 'no',
    zh: ['交易中断,结果要由卡上的记录判定', '请把同一张卡放回读卡器,查询这笔交易'],
    en: [
      'The transaction was torn; the card’s own log decides',
      'Lay the same card down again and ask for the transaction',
    ],
  },
  'purse.other-card': {
    status: 422,
    place: 'reader',
    again: 'after-change',
    zh: ['这不是发起交易的那张卡', '请放上发起交易的卡'],
    en: ['This is not the card the transaction began with', 'Lay that card down'],
  },
  'purse.state': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['只有中断或待核对的电子钱包交易才能登记结论', '读取交易,查看它的状态'],
    en: ['Only a torn transaction, or one to be reviewed, can be decided', 'Read it and look at its state'],
  },
  'purse.host-unreachable': {
    status: 503,
    place: 'peer',
    again: 'yes',
    zh: ['发卡机构的圈存主机没有应答,卡未充值', '稍后再试'],
    en: ['The issuer’s load host did not answer; the card was not loaded', 'Try again later'],
  },
  'compat.unknown': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['LD/T 33 中没有这个函数', '核对函数名'],
    en: ['LD/T 33 has no such function', 'Check its name'],
  },
  'compat.origin': {
    status: 403,
    place: 'desk',
    again: 'after-change',
    zh: ['这个网页来源无权使用读卡器', '请管理员把它加入 cards.origins'],
    en: ['This page’s origin may not use the readers', 'Have it added to cards.origins'],
  },
  'desk.absent': {
    status: 424,
    place: 'reader',
    again: 'yes',
    zh: ['读卡器所在的工位没有连接', '检查工位电脑和网络,连好后自动恢复'],
    en: ['The desk of this reader is not connected', 'Check its PC and network; it comes back by itself'],
  },
  'desk.protocol': {
    status: 400,
    place: 'desk',
    again: 'after-change',
    zh: ['工位发来的消息无法识别', '更新工位上的程序'],
    en: ['The desk sent what makes no sense', 'Update the program on the desk'],
  },
  'reading.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这次读卡记录,或已过期', '重新读卡'],
    en: ['No such reading, or it is no longer valid', 'Read the card again'],
  },
  // Insurers and settlements
  'exchange.not-found': {
    status: 404,
    place: 'desk',
    again: 'no',
    zh: ['没有这次往来', '核对编号'],
    en: ['There is no such exchange', 'Check the id'],
  },
  'insurer.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有配置这个支付方', '检查 insurer 的编号'],
    en: ['This insurer is not configured', 'Check the insurer id'],
  },
  'insurer.unsupported': {
    status: 422,
    place: 'desk',
    again: 'no',
    zh: ['这个支付方没有这项业务', '换一个支付方,或用 GET /v1/insurers 查看其能力'],
    en: ['This payer does not do that', 'Take another payer, or see what it can in GET /v1/insurers'],
  },
  'insurer.unreachable': {
    status: 503,
    place: 'insurer',
    again: 'yes',
    zh: ['连接不上医保系统,请求没有发出', '可以放心重试;持续出现请检查专线'],
    en: [
      'The insurer cannot be reached; nothing was sent',
      'It is safe to try again; if it persists, check the line',
    ],
  },
  'insurer.gateway-refused': {
    status: 502,
    place: 'insurer',
    again: 'yes',
    zh: ['医保网关拒绝了请求,业务没有执行', '核对接入凭证和本机时间后重试'],
    en: [
      'The insurer’s gateway refused the request; nothing ran',
      'Check the credentials and the clock, then try again',
    ],
  },
  'insurer.refused': {
    status: 422,
    place: 'insurer',
    again: 'after-change',
    zh: ['医保系统拒绝了这笔业务', '按医保返回的原因处理'],
    en: ['The insurer refused', 'Act on the reason it gave'],
  },
  'insurer.no-answer': {
    status: 504,
    place: 'insurer',
    again: 'yes',
    zh: ['医保系统没有给出可用的应答,结果未知', '涉及资金的业务由网关自动查清,请查看该结算的状态'],
    en: [
      'The insurer gave no usable answer; the outcome is unknown',
      'Where money is involved the gateway finds out by itself: look at the settlement',
    ],
  },
  'insurer.unknown-transaction': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['接口规范中没有这个交易编号', '核对 infno'],
    en: ['The interface has no such transaction', 'Check infno'],
  },
  'insurer.reserved-transaction': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这个交易会动用资金,只能通过结算接口进行', '使用 POST /v1/settlements 及其 confirm、reverse'],
    en: [
      'This transaction moves money and goes through the settlement interface only',
      'Use POST /v1/settlements, confirm and reverse',
    ],
  },
  'insurer.file-broken': {
    status: 502,
    place: 'insurer',
    again: 'yes',
    zh: ['医保系统给出的文件不完整或格式不对,没有采用', '稍后重新下载;持续出现请联系医保局'],
    en: [
      'The insurer’s file is incomplete or of a wrong form; it was not used',
      'Download it again later; if it persists, ask the bureau',
    ],
  },
  'insurer.not-offered': {
    status: 422,
    place: 'desk',
    again: 'no',
    zh: ['这个支付方的接口没有这项功能', '用 GET /v1/insurers 查看支付方,或在配置中补充该目录的列'],
    en: [
      'This insurer’s interface does not offer that',
      'GET /v1/insurers lists the insurers; the columns of a catalogue may be given in the configuration',
    ],
  },
  'file.too-large': {
    status: 413,
    place: 'desk',
    again: 'after-change',
    zh: ['文件过大', '拆分后分别上传,或在配置中提高 fileBytesMax'],
    en: ['The file is too large', 'Upload it in parts, or raise fileBytesMax in the configuration'],
  },
  'file.missing': {
    status: 400,
    place: 'desk',
    again: 'after-change',
    zh: ['请求中没有文件,或不止一个', '用 multipart/form-data 上传一个名为 file 的文件'],
    en: [
      'The request holds no file, or more than one',
      'Upload one file called file, as multipart/form-data',
    ],
  },
  'file.name': {
    status: 400,
    place: 'desk',
    again: 'after-change',
    zh: ['文件名不可用', '文件名不超过 200 个字符,不含路径和特殊符号'],
    en: ['The file’s name cannot be used', 'Up to 200 characters, without a path or special characters'],
  },
  'catalogue.not-loaded': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['本地还没有这个目录', '先用 POST …/catalogues/{kind}/downloads 下载'],
    en: ['This catalogue is not on file yet', 'Download it first: POST …/catalogues/{kind}/downloads'],
  },
  'catalogue.no-item': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['目录中没有这个编码', '核对编码,或先更新目录'],
    en: ['The catalogue has no such code', 'Check the code, or bring the catalogue up to date'],
  },
  'catalogue.loading': {
    status: 409,
    place: 'desk',
    again: 'yes',
    zh: ['这个目录正在下载', '等它完成,或先取消'],
    en: ['This catalogue is being downloaded', 'Wait until it is done, or cancel it'],
  },
  'catalogue.no-download': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这次目录下载', '核对下载编号'],
    en: ['No such download of a catalogue', 'Check its id'],
  },
  'catalogue.ended': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这次目录下载已经结束', '读取它,查看结果'],
    en: ['This download has ended', 'Read it and look at what came of it'],
  },
  'catalogue.interrupted': {
    status: 503,
    place: 'gateway',
    again: 'yes',
    zh: ['目录下载多次中断,原有目录未变', '检查网关后重新下载'],
    en: [
      'The download was interrupted several times; the catalogue on file is as it was',
      'Check the gateway and start it again',
    ],
  },
  'mapping.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这个院内编码的对照', '核对院内编码'],
    en: ['This local code is not matched', 'Check the local code'],
  },
  'mapping.kind': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['这类目录不能做院内对照', '只能对照药品、服务项目和耗材'],
    en: ['Codes of this kind are not matched', 'Match drugs, services and consumables'],
  },
  'settlement.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这笔结算', '核对结算编号'],
    en: ['No such settlement', 'Check its id'],
  },
  'settlement.state': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['结算当前的状态不允许这个操作', '读取结算,查看 state 和 actions'],
    en: ['The settlement is in a state that does not allow this', 'Read it and look at state and actions'],
  },
  'settlement.bill-live': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这张账单已有一笔有效的结算', '使用已有的结算,或先撤销它'],
    en: ['This bill already has a live settlement', 'Use that one, or reverse it first'],
  },
  'settlement.charges': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['费用明细有误', '按 pointer 指出的明细改正'],
    en: ['The charges do not hold', 'Correct the line that pointer names'],
  },
  'settlement.no-diagnosis': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['缺少诊断', '补充诊断后重发;只有挂号可以没有诊断'],
    en: ['A diagnosis is missing', 'Add it and send again; only a registration goes without'],
  },
  'settlement.payers': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['支付方不对:顺序、重复,或不能结算这类就诊', '按 detail 改正 insurers 后重发'],
    en: [
      'The payers do not fit: their order, one twice, or one that does not settle such a visit',
      'Correct insurers as detail says and send again',
    ],
  },
  'settlement.payer-failed': {
    status: 422,
    place: 'insurer',
    again: 'after-change',
    zh: [
      '一个支付方没有结算,其他支付方已全部撤销',
      '没有任何一方扣款;按 reason 处理后重新结算,或去掉该支付方',
    ],
    en: [
      'One payer did not settle, and the others have all been undone',
      'Nobody has paid; act on reason and settle anew, or leave that payer out',
    ],
  },
  'settlement.payer-stands': {
    status: 409,
    place: 'insurer',
    again: 'no',
    zh: ['其他支付方已撤销,但这一方拒绝撤销', '看 legs 中各方的状态,联系该支付方撤销后登记结论'],
    en: [
      'Other payers have been undone, but this one refuses to be',
      'See in legs what stands where, have that payer undo it, and record it',
    ],
  },
  'settlement.too-late': {
    status: 409,
    place: 'gateway',
    again: 'after-change',
    zh: ['查清结果时患者可能已离开,其余支付方未再扣款', '全部撤销后重新结算'],
    en: [
      'By the time the outcome was known the patient may have left; the other payers were not asked',
      'Settle anew when all is undone',
    ],
  },
  'settlement.undecided-yet': {
    status: 409,
    place: 'insurer',
    again: 'no',
    zh: ['结果仍在查,这一办法暂时查不出', '不要重复收费;网关按其他办法继续查'],
    en: ['Still in doubt: this way has not told', 'Do not charge again; the gateway goes on looking'],
  },
  'settlement.not-insured': {
    status: 422,
    place: 'insurer',
    again: 'after-change',
    zh: ['没有可用的参保信息', '核对参保状态;需要时改为自费'],
    en: ['No insurance that can be used', 'Check the insurance status; otherwise the patient pays'],
  },
  'settlement.other-person': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['医保登记的姓名与出示的证件或卡不是同一个人', '核对是否拿错了卡或证件,重新读卡'],
    en: [
      'The insurer knows this card or document as somebody else’s',
      'Check whose card it is, and read the right one',
    ],
  },
  'settlement.choose-insurance': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['此人有多个险种', '在 visit.insutype 中选择一个'],
    en: ['The person has several insurances', 'Choose one in visit.insutype'],
  },
  'settlement.code-needed': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['移动支付需要医保电子凭证', '请患者出示医保码,扫码后重新试算'],
    en: [
      'Mobile pay needs the patient’s insurance code',
      'Ask the patient to show it, scan it, and quote again',
    ],
  },
  'settlement.amounts-changed': {
    status: 409,
    place: 'insurer',
    again: 'no',
    zh: ['医保结算的金额与试算不一致,已转人工处理', '不要向患者收费,先核对结算单'],
    en: [
      'The settled amounts differ from the quote; a person must look',
      'Do not charge the patient before checking',
    ],
  },
  'settlement.amounts-wrong': {
    status: 409,
    place: 'insurer',
    again: 'no',
    zh: ['医保返回的金额前后不符', '已转人工处理的,先核对结算单;试算阶段的,重新试算'],
    en: [
      'The amounts the insurer answered do not add up',
      'Have a person check the settlement, or ask for a new quote',
    ],
  },
  'settlement.interrupted': {
    status: 503,
    place: 'gateway',
    again: 'yes',
    zh: ['网关在发出请求之前中断,资金没有变动', '可以放心重新操作'],
    en: ['The gateway was interrupted before it sent anything; no money moved', 'It is safe to do it again'],
  },
  'settlement.undone': {
    status: 409,
    place: 'insurer',
    again: 'after-change',
    zh: ['没有收到应答的业务已冲正,资金没有变动', '需要时重新操作'],
    en: ['What got no answer has been undone; no money moved', 'Do it again if it is still wanted'],
  },
  'settlement.undecided': {
    status: 409,
    place: 'insurer',
    again: 'no',
    zh: ['网关无法查清这笔业务的结果,已转人工处理', '与医保经办核对后,用 review 登记结论'],
    en: [
      'The gateway could not find out what happened; a person must',
      'Check with the insurer, then record the finding with review',
    ],
  },
  'settlement.abandoned': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['结算已被放弃,没有资金变动', '需要时为这张账单新建结算'],
    en: ['The settlement was given up; no money moved', 'Create a new one for the bill if it is wanted'],
  },
  'settlement.reviewed': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['人工核对后登记的结论', '见历史记录中的说明'],
    en: ['What a person found and recorded', 'See the note in its history'],
  },
  // Estimates and filings
  'estimate.no-table': {
    status: 424,
    place: 'gateway',
    again: 'after-change',
    zh: ['没有配置待遇表,或其内容有误', '请管理员检查 estimates.benefits 指向的文件,日志中有出错的位置'],
    en: [
      'No benefit table is configured, or it is wrong',
      'Have the file that estimates.benefits names checked; the log tells the place',
    ],
  },
  'estimate.no-rule': {
    status: 422,
    place: 'gateway',
    again: 'after-change',
    zh: ['待遇表中没有适用的规则', '核对险种、就诊类型、机构等级和日期,或补充待遇表'],
    en: [
      'The benefit table has no rule for this case',
      'Check insurance, setting, tier and day, or add to the table',
    ],
  },
  'estimate.referral-unknown': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这个编号的有效转诊或备案', '核对编号;已撤销或被拒绝的转诊不能使用'],
    en: [
      'No referral or filing with this number stands',
      'Check the number; one that was withdrawn or declined does not count',
    ],
  },
  'filing.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这份备案', '核对备案编号'],
    en: ['No such filing', 'Check its id'],
  },
  'filing.unsupported': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['这个支付方不接受此类备案', '换用支持备案的支付方,或到经办机构办理'],
    en: ['This insurer takes no filing of this kind', 'Name one that does, or file at its office'],
  },
  'filing.state': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['备案当前的状态不允许这个操作', '读取备案,查看 state 和 actions'],
    en: ['The filing is in a state that does not allow this', 'Read it and look at state and actions'],
  },
  'filing.live': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['此人已有一份相同的备案', '使用已有的备案,或先撤销它'],
    en: ['The person already has this filing', 'Use that one, or withdraw it first'],
  },
  'filing.no-number': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['不知道这份备案在医保的流水号', '向医保经办查询后,在 number 中填写'],
    en: ['The insurer’s number of this filing is not known', 'Ask its office and give it as number'],
  },
  'filing.no-answer': {
    status: 504,
    place: 'insurer',
    again: 'no',
    zh: ['医保没有给出可用的应答,不知道备案是否已改变', '不要重复办理:网关会自动查询,也可用 check 立即查询'],
    en: [
      'The insurer gave no usable answer; whether the filing has changed is not known',
      'Do not file again: the gateway looks for it by itself, or at once with check',
    ],
  },
  'filing.not-sent': {
    status: 503,
    place: 'gateway',
    again: 'yes',
    zh: ['请求没有发出,备案没有改变', '可以放心重新操作'],
    en: ['Nothing was sent; the filing has not changed', 'It is safe to do it again'],
  },
  'filing.absent': {
    status: 409,
    place: 'insurer',
    again: 'after-change',
    zh: ['没有收到应答的备案经查询没有登记', '需要时重新备案'],
    en: ['The filing that got no answer is not on the insurer’s list', 'File again if it is still wanted'],
  },
  'filing.still-on-file': {
    status: 409,
    place: 'insurer',
    again: 'after-change',
    zh: ['没有收到应答的撤销经查询没有生效,备案仍有效', '需要时重新撤销'],
    en: ['The withdrawal that got no answer had no effect; the filing stands', 'Withdraw again if wanted'],
  },
  'filing.undecided': {
    status: 409,
    place: 'insurer',
    again: 'no',
    zh: ['网关无法查清这份备案的结果,已转人工处理', '与医保经办核对后,用 review 登记结论'],
    en: [
      'The gateway could not find out what became of the filing; a person must',
      'Check with the insurer, then record the finding with review',
    ],
  },
  'filing.reviewed': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['人工核对后登记的结论', '见历史记录中的说明'],
    en: ['What a person found and recorded', 'See the note in its history'],
  },
  // Stays in a ward
  'stay.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这次住院', '核对住院的编号'],
    en: ['No such stay', 'Check its id'],
  },
  'stay.not-offered': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['这个支付方不办理住院', '检查 insurer'],
    en: ['This insurer does not take stays', 'Check insurer'],
  },
  'stay.state': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['住院当前的状态不允许这个操作', '读取住院,查看 state 和 actions'],
    en: ['The stay is in a state that does not allow this', 'Read it and look at state and actions'],
  },
  'stay.number-live': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这个住院号已有一次有效的住院', '使用已有的住院,或先撤销它'],
    en: ['This number already has a live stay', 'Use that one, or cancel it first'],
  },
  'stay.settling': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这次住院正在结算,费用和登记不能变动', '先完成结算,或用 abandon 放弃它'],
    en: [
      'A settlement of this stay is under way; its charges and its record must not change',
      'Finish that settlement first, or abandon it',
    ],
  },
  'stay.settled': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这次住院已结算,不能再记费或变动', '需要变动时先撤销结算'],
    en: ['This stay has been settled: nothing can be charged or changed', 'Reverse the settlement first'],
  },
  'stay.has-charges': {
    status: 409,
    place: 'desk',
    again: 'after-change',
    zh: ['这次住院已有费用,不能撤销入院', '先撤回全部费用'],
    en: ['This stay has charges and cannot be cancelled', 'Withdraw all of its charges first'],
  },
  'stay.line-twice': {
    status: 409,
    place: 'desk',
    again: 'after-change',
    zh: ['这个明细号已用于另一条费用', '每条费用使用新的明细号;撤回过的明细号不能再用'],
    en: [
      'This line number was used for another charge',
      'Give each charge a number of its own; a withdrawn number is not used again',
    ],
  },
  'stay.unknown-line': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['这次住院没有这条费用,或已撤回', '核对 pointer 指出的明细号'],
    en: ['The stay has no such charge, or it was withdrawn', 'Check the line number that pointer names'],
  },
  'stay.line-settled': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这条费用已结算,不能撤回', '先撤销结算'],
    en: ['This charge has been settled and cannot be withdrawn', 'Reverse the settlement first'],
  },
  'stay.full': {
    status: 409,
    place: 'desk',
    again: 'after-change',
    zh: ['未结算的费用已满 10000 条', '先做中途结算'],
    en: ['There are 10,000 charges that are not settled', 'Settle midway first'],
  },
  'stay.interrupted': {
    status: 503,
    place: 'gateway',
    again: 'yes',
    zh: ['网关在发出请求之前中断,医保没有变动', '可以放心重新操作'],
    en: [
      'The gateway was interrupted before it sent anything; nothing changed at the insurer',
      'It is safe to do it again',
    ],
  },
  'stay.undone': {
    status: 409,
    place: 'insurer',
    again: 'after-change',
    zh: ['没有收到应答的入院登记已冲正', '需要时重新办理入院'],
    en: ['The admission that got no answer has been undone', 'Admit again if it is still wanted'],
  },
  'stay.undecided': {
    status: 409,
    place: 'insurer',
    again: 'no',
    zh: ['网关无法查清这次操作的结果,已转人工处理', '与医保经办核对后,用 review 登记结论'],
    en: [
      'The gateway could not find out what became of this act; a person must',
      'Check with the insurer, then record the finding with review',
    ],
  },
  'stay.reviewed': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['人工核对后登记的结论', '见历史记录中的说明'],
    en: ['What a person found and recorded', 'See the note in its history'],
  },
  'stay.abandoned': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['入院登记已放弃', '需要时重新办理入院'],
    en: ['The admission was given up', 'Admit anew if it is wanted'],
  },
  'settlement.statement-differs': {
    status: 409,
    place: 'insurer',
    again: 'no',
    zh: ['医保对账单与这笔结算不一致,已转人工处理', '与医保经办核对后,用 review 登记结论'],
    en: [
      'The insurer’s statement does not agree with this settlement; a person must look',
      'Check with the insurer, then record the finding with review',
    ],
  },
  // Statements
  'statement.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这份对账单,或其中没有这一项差异', '核对对账单编号和差异序号'],
    en: ['No such statement, or no such difference in it', 'Check its id and the number of the difference'],
  },
  'statement.unsupported': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['这个支付方不提供对账', '只对提供对账的支付方发起;其余按账单核对'],
    en: [
      'This payer offers no statements',
      'Ask for those of payers that do; check the others by their bills',
    ],
  },
  'statement.period': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['对账日期不对:没有这一天、尚未到来,或该月尚未结束', '改为已到来的日期;月结须等该月结束'],
    en: [
      'The period does not hold: no such day, not come yet, or a month that is not over',
      'Give a day that has come; a month is closed when it is over',
    ],
  },
  'statement.closed': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['该月已月结', '此后的撤销计入下个月'],
    en: ['The month is closed', 'What is reversed from now on counts in the next month'],
  },
  'statement.state': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这一项差异已处理或正在处理,或对账尚未完成', '读取对账单,查看其状态'],
    en: [
      'The difference is mended or being mended, or the statement is still being made',
      'Read the statement and look at its state',
    ],
  },
  'statement.confirm': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['这一处理须由人确认', '与医保经办核对后,带 confirm: true 重发'],
    en: ['This takes a person’s word', 'Check with the insurer, then send it with confirm: true'],
  },
  'statement.too-many': {
    status: 409,
    place: 'insurer',
    again: 'after-change',
    zh: ['差异或记录过多,没有全部列出', '先处理已列出的,或与医保经办核对口径,再重新对账'],
    en: [
      'Too many differences or rows; not all are listed',
      'Mend those that are, or ask the insurer what it counts, and run it again',
    ],
  },
  'statement.no-group': {
    status: 409,
    place: 'insurer',
    again: 'no',
    zh: ['有结算没有对账分组(医保应答没有给出),未能核对', '按这些结算的编号与医保经办人工核对'],
    en: [
      'Some settlements have no group, since the insurer’s answer named none; they were not compared',
      'Check them with the insurer by their numbers',
    ],
  },
  'statement.interrupted': {
    status: 503,
    place: 'gateway',
    again: 'yes',
    zh: ['网关在对账或处理差异时中断', '重新发起;已处理的不会重复处理'],
    en: [
      'The gateway was interrupted while it compared or mended',
      'Ask again; what is mended is not mended twice',
    ],
  },
  // Referrals and deliveries
  'referral.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这份转诊', '核对转诊编号'],
    en: ['No such referral', 'Check its id'],
  },
  'referral.transition': {
    status: 422,
    place: 'desk',
    again: 'no',
    zh: ['转诊当前的状态不允许这个动作', '读取转诊,查看 actions'],
    en: ['The referral is in a state that does not allow this', 'Read it and look at actions'],
  },
  'referral.claimed': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['该转诊已被其他医生领取', '见 facts.doctor(工号);由其处理,或先释放'],
    en: [
      'Another doctor has taken this referral on',
      'facts.doctor has it: let them act, or release it first',
    ],
  },
  'referral.amend-closed': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['转诊表单已不能修改', '仅绿色通道发出后 15 分钟内可修改;之后请与对方联系'],
    en: [
      'The form can no longer be amended',
      'Only an emergency can be, within 15 minutes: call the other side',
    ],
  },
  'referral.consent-not-owed': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['该转诊没有待补的知情同意', '读取转诊,查看 consent'],
    en: ['No consent is owed for this referral', 'Read it and look at consent'],
  },
  'referral.reminded': {
    status: 429,
    place: 'desk',
    again: 'yes',
    zh: ['刚刚已催办过', '稍后再催'],
    en: ['The other side was reminded just now', 'Remind again later'],
  },
  'referral.not-received': {
    status: 422,
    place: 'desk',
    again: 'no',
    zh: ['不是转入本机构的转诊', 'onwardOf 和 returnOf 填转入的转诊'],
    en: ['Not a referral that came here', 'onwardOf and returnOf name one that did'],
  },
  'referral.return-elsewhere': {
    status: 422,
    place: 'desk',
    again: 'no',
    zh: ['回转只能回到转出的机构', 'to 填转出方;转往他处用 onwardOf'],
    en: [
      'A return goes back to where the patient came from',
      'Give that organisation as to, or use onwardOf',
    ],
  },
  'referral.no-route': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['没有到接收机构的通道', '核对接收机构编号,或请管理员配置通道'],
    en: ['There is no way to the receiving organisation', 'Check its code, or have its link configured'],
  },
  'referral.to-self': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['不能转诊给本机构', '选择另一家接收机构'],
    en: ['A referral cannot go to one’s own organisation', 'Choose another receiver'],
  },
  'form.no-outcome': {
    status: 409,
    place: 'desk',
    again: 'after-change',
    zh: ['还没有回转单', '接诊机构完成转诊(complete,填写诊断结果等)后才有回转单'],
    en: [
      'There is no return form yet',
      'It exists once the receiving organisation has completed the referral with its outcome',
    ],
  },
  'form.no-activity': {
    status: 409,
    place: 'desk',
    again: 'after-change',
    zh: ['这个环节还没有发生', 'C01001 在发出后,C01002 在接收或拒绝后,C01003、C01004 在到诊(arrive)后才有'],
    en: [
      'This activity has not taken place yet',
      'C01001 exists once the referral is sent, C01002 once it is answered, C01003 and C01004 once the patient arrived',
    ],
  },
  'referral.unknown-organisation': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['机构目录中没有接收机构', '核对接收机构编号,或请管理员登记它'],
    en: ['The directory does not know the receiving organisation', 'Check its code, or have it entered'],
  },
  'referral.closed-organisation': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['接收机构目前不接收转诊(未开放或已停诊)', '选择另一家,或不填 to 而填 need 由网关选择'],
    en: [
      'The receiving organisation takes no referrals today',
      'Choose another, or leave out `to` and let the gateway choose by `need`',
    ],
  },
  'referral.not-capable': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['接收机构不提供所需的科室、服务或床位', '去掉 need,或不填 to 由网关选择'],
    en: [
      'The receiving organisation does not offer what is needed',
      'Leave out `need`, or leave out `to` and let the gateway choose',
    ],
  },
  'referral.no-capable': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['该方向上没有机构提供所需的科室、服务或床位', '放宽 need,或指定接收机构'],
    en: ['Nobody in that direction offers what is needed', 'Ask for less, or name a receiver'],
  },
  'organisation.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['机构目录中没有这家机构', '核对机构编号'],
    en: ['The directory has no such organisation', 'Check its code'],
  },
  'agreement.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这个医联体', '核对编号'],
    en: ['No such agreement', 'Check its code'],
  },
  'organisation.flaw': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: [
      '这样登记会使目录出错(上级机构不存在、成环或级别更低,成员不存在,日期颠倒,或给本机构登记了通道)',
      '按 pointer 和 detail 改正',
    ],
    en: [
      'The directory would be wrong: a parent unknown, in a circle or below, a member unknown, dates swapped, or a link to oneself',
      'Correct what pointer and detail name',
    ],
  },
  'organisation.link': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['通道的密钥在本网关上读不到或不合格', '先把密钥文件放到每台网关上,再登记通道'],
    en: [
      'The secret of the link cannot be read at this gateway or is no secret',
      'Put the file of the secret on each gateway first',
    ],
  },
  'result.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['对方没有提供这项结果', '用 GET /v1/referrals/{id}/results 查看编号'],
    en: ['The other end offered no such result', 'GET /v1/referrals/{id}/results lists them'],
  },
  'result.recognised': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这项结果已经另有结论', '已告知对方,不能更改;需要时在病情记录中说明'],
    en: ['Something else was said of this result', 'It was told and stands; say more in a note'],
  },
  'result.too-many': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这份转诊提供的结果已达上限', '其余结果以报告文件附上'],
    en: ['This referral has as many results as are allowed', 'Attach the rest as reports'],
  },
  'attachment.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这个附件', '用 GET /v1/referrals/{id}/attachments 查看附件'],
    en: ['There is no such attachment', 'GET /v1/referrals/{id}/attachments lists them'],
  },
  'attachment.too-large': {
    status: 413,
    place: 'desk',
    again: 'after-change',
    zh: ['附件过大', '压缩或拆分后重新附上;影像可只传引用(DICOM JSON)'],
    en: ['The attachment is too large', 'Compress or split it; of images a reference will do (DICOM JSON)'],
  },
  'attachment.too-many': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这份转诊的附件已达上限', '合并为较少的文件,或请管理员提高 countMax'],
    en: ['This referral has as many attachments as are allowed', 'Merge files, or have countMax raised'],
  },
  'attachment.type': {
    status: 415,
    place: 'desk',
    again: 'after-change',
    zh: ['附件的类型不被接受,或与声明的类型不符', '使用 PDF、JPEG、PNG、TIFF、DICOM、DICOM JSON 或 XML'],
    en: [
      'A file of this type is not taken, or is not what it is said to be',
      'Use PDF, JPEG, PNG, TIFF, DICOM, DICOM JSON or XML',
    ],
  },
  'attachment.closed': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['转诊已拒绝或撤销,不能再附文件', '重新转诊后再附上'],
    en: ['The referral was declined or cancelled; nothing can be attached', 'Attach it to a new referral'],
  },
  'attachment.infected': {
    status: 422,
    place: 'desk',
    again: 'no',
    zh: ['病毒扫描发现问题,附件没有保存', '清除病毒后用新的文件附上'],
    en: ['The virus scanner found something; the file was not kept', 'Clean it and attach the new file'],
  },
  'attachment.not-scanned': {
    status: 503,
    place: 'gateway',
    again: 'yes',
    zh: ['病毒扫描不可用,附件没有保存', '请管理员检查扫描程序,稍后重试'],
    en: ['The virus scanner could not be asked; the file was not kept', 'Have it looked at, and try again'],
  },
  'attachment.hash': {
    status: 422,
    place: 'peer',
    again: 'no',
    zh: ['REC_ 附件收齐后与其 SHA-256 不符,没有采用', '由发送方重新附上'],
    en: ['REC_ The whole file does not have its SHA-256; it was not taken', 'The sender attaches it anew'],
  },
  'attachment.not-whole': {
    status: 409,
    place: 'peer',
    again: 'yes',
    zh: ['附件还没有收齐或没有通过核对', '查看附件的 state 和 reason,稍后再取'],
    en: ['The attachment is not whole yet, or was refused', 'See its state and reason; try again later'],
  },
  'link.unknown-sender': {
    status: 401,
    place: 'peer',
    hop: 'REC_',
    again: 'after-change',
    zh: ['不认识发送机构', '双方核对机构编号和通道配置'],
    en: ['The sender is not known here', 'Both sides check its code and their links'],
  },
  'link.signature': {
    status: 401,
    place: 'peer',
    hop: 'REC_',
    again: 'after-change',
    zh: ['签名不正确,不是这家机构发出的', '双方核对密钥'],
    en: ['The signature is not that of the sender', 'Both sides check their keys'],
  },
  'link.clock': {
    status: 401,
    place: 'peer',
    hop: 'REC_',
    again: 'after-change',
    zh: ['签名时间相差太远:两边时钟不一致,或是被重放的旧消息', '双方核对时间'],
    en: [
      'It was signed at another time: the clocks differ, or it is a replay',
      'Both sides check their clocks',
    ],
  },
  'link.too-old': {
    status: 422,
    place: 'peer',
    hop: 'REC_',
    again: 'no',
    zh: ['消息太旧,不再接收', '发送方核对情况后另发新消息'],
    en: ['The message is too old to be taken', 'The sender looks into the case and sends a new message'],
  },
  'link.not-sealed': {
    status: 403,
    place: 'peer',
    hop: 'REC_',
    again: 'after-change',
    zh: ['只接收加密的消息', '发送方配置本机构的加密公钥 encryptTo'],
    en: ['Only encrypted messages are taken here', 'The sender configures our public key, encryptTo'],
  },
  'link.sealed': {
    status: 403,
    place: 'peer',
    hop: 'REC_',
    again: 'after-change',
    zh: ['无法解密这条消息', '双方核对加密公钥和解密私钥'],
    en: ['The message can not be decrypted here', 'Both sides check the public key and the private key'],
  },
  'link.not-for-us': {
    status: 422,
    place: 'peer',
    hop: 'REC_',
    again: 'no',
    zh: ['这条消息不是发给本机构的', '发送方核对接收机构编号'],
    en: ['This message is not for this organisation', 'The sender checks the receiver code'],
  },
  'link.not-on-way': {
    status: 422,
    place: 'peer',
    again: 'no',
    zh: ['REC_ 中转机构不在发送机构到本机构的路径上', '双方核对机构目录中的上级机构和通道'],
    en: [
      'REC_ Whoever passed this message on is not on the way from its sender to us',
      'Both sides compare parents and links in their directories',
    ],
  },
  'link.unknown-receiver': {
    status: 422,
    place: 'peer',
    again: 'no',
    zh: ['PROXY_ 中转机构的目录中没有接收机构', '核对接收机构编号,或在 facts 所指机构的目录中登记它'],
    en: [
      'PROXY_ The organisation that should pass the message on does not know its receiver',
      'Check the code, or enter it in the directory of the organisation that facts names',
    ],
  },
  'link.no-way': {
    status: 422,
    place: 'peer',
    again: 'no',
    zh: ['PROXY_ 中转机构没有通往接收机构的路径', '由 facts 所指机构的管理员配置通道或上级机构'],
    en: [
      'PROXY_ The organisation that should pass the message on has no way to its receiver',
      'The administrator of the organisation that facts names adds a link or a parent',
    ],
  },
  'link.loop': {
    status: 422,
    place: 'peer',
    again: 'no',
    zh: ['PROXY_ 消息在途中兜圈子,或中转次数超限', '各机构核对目录中的上级机构'],
    en: [
      'PROXY_ The message goes in a circle or has passed too many hands',
      'The organisations compare the parents in their directories',
    ],
  },
  'link.no-mailbox': {
    status: 403,
    place: 'peer',
    hop: 'REC_',
    again: 'after-change',
    zh: ['本机构没有为你们设信箱', '双方核对通道配置:一方 fetch,另一方 mailbox'],
    en: [
      'There is no mailbox for you here',
      'Both sides compare their links: fetch on one side, mailbox on the other',
    ],
  },
  'link.replayed': {
    status: 409,
    place: 'peer',
    hop: 'REC_',
    again: 'after-change',
    zh: ['这次取信请求已经用过', '用新的编号和签名再取'],
    en: ['This question for mail was asked before', 'Ask with a new id and signature'],
  },
  'link.conflict': {
    status: 409,
    place: 'peer',
    hop: 'REC_',
    again: 'no',
    zh: ['同一消息编号的内容不同', '发送方为新内容使用新的消息编号'],
    en: ['A message with this id and another content was already received', 'The sender uses a new id'],
  },
  'link.unknown-type': {
    status: 422,
    place: 'peer',
    hop: 'REC_',
    again: 'no',
    zh: ['本机构不接收这种消息', '双方核对网关版本'],
    en: ['Messages of this type are not taken here', 'Both sides compare the versions of their gateways'],
  },
  'link.unknown-case': {
    status: 422,
    place: 'peer',
    hop: 'REC_',
    again: 'no',
    zh: ['本机构没有发出过这份转诊', '发送方核对转诊编号'],
    en: ['This organisation never sent that referral', 'The sender checks the id of the referral'],
  },
  'link.waiting-full': {
    status: 503,
    place: 'peer',
    hop: 'REC_',
    again: 'yes',
    zh: ['前面的消息尚未到达,等待的消息过多', '先补发之前失败的投递'],
    en: ['Too many messages wait for earlier ones', 'Replay the earlier deliveries that failed'],
  },
  'delivery.expired': {
    status: 504,
    place: 'peer',
    hop: 'SEND_',
    again: 'no',
    zh: ['在期限内未能送达对方', '电话联系对方机构;通道恢复后重新投递,消息不会重复'],
    en: [
      'The message could not be handed over in its time',
      'Call the other organisation; once the link works, replay the delivery: it has its effect once',
    ],
  },
  'delivery.lost': {
    status: 502,
    place: 'peer',
    hop: 'PROXY_',
    again: 'no',
    zh: ['中转机构未能送达最终接收机构', '电话联系接收机构,按 lastError 与中转机构核对,之后重新投递'],
    en: [
      'An organisation on the way could not hand the message on',
      'Call the receiver, look into lastError with the one on the way, then replay the delivery',
    ],
  },
  'delivery.refused': {
    status: 502,
    place: 'peer',
    hop: 'REC_',
    again: 'no',
    zh: ['对方拒收这条消息', '按 lastError 与对方核对,改正后重新投递或另发'],
    en: [
      'The other side refuses the message',
      'Look into lastError together with the other side, then replay the delivery or send another',
    ],
  },
  'delivery.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这条投递', '核对投递编号'],
    en: ['No such delivery', 'Check its id'],
  },
  'delivery.state': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['只有失败的投递才能重新投递', '读取投递,查看它的状态'],
    en: ['Only a failed delivery can be replayed', 'Read it and look at its state'],
  },
  // The FHIR face
  'fhir.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这个 FHIR 资源', '核对资源类型和编号;支持的资源见 /fhir/metadata'],
    en: ['No such FHIR resource', 'Check its type and id; /fhir/metadata lists what is supported'],
  },
  'fhir.parameter': {
    status: 400,
    place: 'desk',
    again: 'after-change',
    zh: ['检索参数不支持或不正确', '按 pointer 改正;支持的参数见 /fhir/metadata'],
    en: [
      'A search parameter is not supported or is wrong',
      'Correct what pointer names; /fhir/metadata lists what is supported',
    ],
  },
  'fhir.subscription': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['不支持这样的订阅', '按 expression 和 diagnostics 改正;主题、地址和内容见 docs/fhir.md'],
    en: [
      'Subscriptions like this are not taken',
      'Correct what expression and diagnostics say; docs/fhir.md lists topics, addresses and payloads',
    ],
  },
  'fhir.message-conflict': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['同一 Bundle.identifier 的消息内容不同', '新内容使用新的 Bundle.identifier'],
    en: [
      'A message with this Bundle.identifier and another content was already processed',
      'Use a new Bundle.identifier for new content',
    ],
  },
  'fhir.format': {
    status: 406,
    place: 'desk',
    again: 'after-change',
    zh: ['只提供 FHIR JSON', '使用 Accept: application/fhir+json'],
    en: ['Only FHIR JSON is offered', 'Use Accept: application/fhir+json'],
  },
  'fhir.resource': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['FHIR 资源缺少转诊所需的内容,或内容不正确', '按 expression 和 diagnostics 补充或改正'],
    en: [
      'A FHIR resource lacks what a referral needs, or is wrong',
      'Add or correct what expression and diagnostics say',
    ],
  },
  'fhir.bundle': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: [
      '不支持这样的 Bundle',
      '一个 transaction 创建一份转诊:ServiceRequest、Task、Patient 各至多一个,均用 POST',
    ],
    en: [
      'Bundles like this are not taken',
      'A transaction creates one referral: at most one ServiceRequest, Task and Patient, each by POST',
    ],
  },
  'fhir.too-many-entries': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['Bundle 的条目过多', '减少条目,每份转诊一个 Bundle'],
    en: ['The Bundle has too many entries', 'Send fewer, a Bundle for each referral'],
  },
  'fhir.narrative': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['叙述文本(text.div)含有 FHIR 不允许的内容', '只使用 FHIR 允许的 XHTML,不含脚本、样式表和外部链接'],
    en: [
      'A narrative (text.div) holds what FHIR does not allow',
      'Use the XHTML that FHIR allows, without scripts, style sheets or outside addresses',
    ],
  },
  'fhir.condition': {
    status: 412,
    place: 'desk',
    again: 'after-change',
    zh: ['If-None-Exist 的条件对应多个资源', '使用唯一的业务标识'],
    en: ['Several resources fit If-None-Exist', 'Use an identifier that is unique'],
  },
  // Events and webhooks
  'event.expired': {
    status: 410,
    place: 'desk',
    again: 'after-change',
    zh: ['该序号之后的部分事件已过保留期', '重新读取转诊等列表,然后从 facts.oldest 减 1 继续'],
    en: [
      'Some events after this number are no longer kept',
      'Read the lists of referrals and so on anew, then go on after facts.oldest minus 1',
    ],
  },
  'event.ahead': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['还没有这个序号的事件', '数据库可能已还原:重新读取列表,然后从 facts.last 继续'],
    en: [
      'There is no event of this number yet',
      'The database may have been restored: read the lists anew, then go on after facts.last',
    ],
  },
  'report.incomplete': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: [
      '自动转院备案缺少接收机构的医保编号、区划,或没有对应的规则',
      '补全机构目录或 reports 配置,或用 POST /v1/filings 人工备案',
    ],
    en: [
      'The code or division of the receiver, or the rule, is missing for filing the transfer',
      'Complete the directory or the configuration of reports, or file it with POST /v1/filings',
    ],
  },
  'report.not-listed': {
    status: 409,
    place: 'insurer',
    again: 'after-change',
    zh: ['医保已受理转院备案,但清单(5304)中没有', '与医保核对;必要时人工备案'],
    en: [
      'The insurer took the filing of the transfer, but its list (5304) does not show it',
      'Ask the insurer; file it by hand if need be',
    ],
  },
  'webhook.url': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['不能向这个地址推送', '使用 https 的公网地址,或请管理员把主机加入 events.webhookHosts'],
    en: [
      'Nothing is sent to this address',
      'Use a public https address, or have the administrator add the host to events.webhookHosts',
    ],
  },
  'webhook.limit': {
    status: 409,
    place: 'desk',
    again: 'after-change',
    zh: ['登记的推送地址太多', '先注销不用的地址'],
    en: ['There are too many webhooks', 'Remove those that are no longer used'],
  },
  'webhook.not-found': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这个推送地址', '核对编号,只能看到本客户登记的地址'],
    en: ['No such webhook', 'Check its id; a client sees its own only'],
  },
  'webhook.no-delivery': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['没有这次推送', '核对编号;推送记录保留 14 天'],
    en: ['No such delivery of this webhook', 'Check its id; they are kept for 14 days'],
  },
  'webhook.waiting': {
    status: 409,
    place: 'desk',
    again: 'no',
    zh: ['这次推送还在进行', '等它送达或放弃后再重新推送'],
    en: ['This delivery is still under way', 'Wait until it is delivered or given up'],
  },
  'webhook.range': {
    status: 422,
    place: 'desk',
    again: 'after-change',
    zh: ['这段时间内的事件太多', '缩短时间范围,分几次重新推送'],
    en: ['There are too many events in this time', 'Ask for shorter times, one after the other'],
  },
  // The sandbox
  'sandbox.misbehaving': {
    status: 409,
    place: 'desk',
    again: 'yes',
    zh: ['等待发生的故障太多', '等它们发生,或先用 DELETE 取消'],
    en: ['Too many misbehaviours are waiting to happen', 'Let them happen, or cancel them with DELETE first'],
  },
  'sandbox.unknown-card': {
    status: 404,
    place: 'desk',
    again: 'after-change',
    zh: ['沙箱里没有这张卡', '用 GET /v1/sandbox 查看可用的卡'],
    en: ['The sandbox has no such card', 'GET /v1/sandbox lists the cards'],
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof kinds;

export const errorTable: Readonly<Record<ErrorCode, ErrorKind>> = kinds;

/** Whether a code that came from elsewhere is one of ours. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(kinds, code);
}

/** What happened and what to do next, in one of the two languages; between organisations, where on the way first. */
export function textsOf(kind: ErrorKind, english: boolean, hop = kind.hop): { title: string; next: string } {
  const [title, next] = english ? kind.en : kind.zh;
  return { title: hop === undefined ? title : `${hop} ${title}`, next };
}

export interface FaultContext {
  /** JSON pointer to the place in the request. */
  readonly pointer?: string;
  /** What exactly was wrong; never holds personal data. */
  readonly detail?: string;
  /** Machine-readable facts to go with it, such as the state a record is in. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** Seconds after which trying again makes sense. */
  readonly retryAfterS?: number;
}

/** An expected failure: a code of the table and what goes with it. Anything else that is thrown is a bug. */
export class Fault extends Error {
  override name = 'Fault';
  readonly code: ErrorCode;
  readonly context: FaultContext;

  constructor(code: ErrorCode, context: FaultContext = {}, cause?: unknown) {
    super(context.detail ? `${code}: ${context.detail}` : code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.context = context;
  }

  get kind(): ErrorKind {
    return errorTable[this.code];
  }
}
