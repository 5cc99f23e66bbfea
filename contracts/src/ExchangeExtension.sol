// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {ExchangeBase} from "./ExchangeBase.sol";
import {IExchangeExtension} from "./IExchange.sol";
import {IERC6454, IERC6672, IERC7858, IERC7943NonFungible} from "./interfaces/Standards.sol";
import {AccountSlot} from "./lib/AccountSlot.sol";
import {CardSlot} from "./lib/CardSlot.sol";
import {Features} from "./lib/Features.sol";
import {Money} from "./lib/Money.sol";
import {Orders} from "./lib/Orders.sol";
import {Secp256k1} from "./lib/Secp256k1.sol";

/// @title The slower business of the exchange: sealed auctions, delivery, emergency, the desk, the views.
/// @dev Runs at the exchange's address by delegatecall. Called directly it has storage of its own in which no account is
/// admitted, no key registered and no role given, and which is locked against every guarded call from the start.
contract ExchangeExtension is ExchangeBase, IExchangeExtension, IERC6672, IERC7858, IERC6454 {
    using Orders for *;

    constructor(Config memory config_) ExchangeBase(config_) {
        _enter();
    }

    // ------------------------------------------------------------------ sealed auction

    /// @inheritdoc IExchangeExtension
    function openSealed(SealedTerms calldata terms, bytes calldata sellerSignature) external business(Features.SEALED) {
        CardSlot card = _sellable(terms.cardId, terms.revealUntil);
        _requireOrder(card, terms.nonce, terms.commitUntil);
        _requireWindow(block.timestamp, terms.commitUntil);
        _requireWindow(terms.commitUntil, terms.revealUntil);
        if (terms.bond == 0) revert BadTerms();
        _requirePrice(terms.reserve);
        _requireSplit(terms.reserve, terms.feeBps, terms.charityBps, terms.charityId);
        if (terms.delivery == Delivery.REISSUE) _requireFeature(Features.REISSUE);
        address seller = card.owner();
        _requireSigned(seller, terms.hash(), sellerSignature);
        if (_accounts[seller].frozen()) revert IERC7943NonFungible.ERC7943CannotSend(seller);
        _store(terms.cardId, card.withState(State.SEALED));
        _sealed[_sealedKey(terms.cardId, card.nonce())] = SealedRecord({
            leader: address(0),
            best: 0,
            second: terms.reserve,
            bond: terms.bond,
            commitUntil: terms.commitUntil,
            revealUntil: terms.revealUntil,
            secondPrice: terms.secondPrice,
            delivery: terms.delivery,
            feeBps: terms.feeBps,
            charityBps: terms.charityBps,
            charityId: terms.charityId,
            seller: seller
        });
        emit SealedOpened(
            terms.cardId, card.nonce(), terms.reserve, terms.bond, terms.commitUntil, terms.revealUntil
        );
    }

    function _requireWindow(uint256 from, uint256 until) private pure {
        if (until < from + SEALED_WINDOW_MIN || until > from + SEALED_WINDOW_MAX) revert BadTerms();
    }

    /// @inheritdoc IExchangeExtension
    function commitBid(uint256 cardId, bytes32 commitment) external business(Features.SEALED) {
        CardSlot card = _cardIn(cardId, State.SEALED);
        bytes32 key = _sealedKey(cardId, card.nonce());
        SealedRecord memory auction = _sealed[key];
        if (block.timestamp >= auction.commitUntil) revert TooLate(auction.commitUntil);
        if (commitment == 0) revert BadReveal();
        if (card.owner() == msg.sender) revert SelfTrade(msg.sender);
        if (_commitments[key][msg.sender] != 0) revert AlreadyCommitted(msg.sender);
        _admit(msg.sender, _accounts[msg.sender], auction.revealUntil);
        _commitments[key][msg.sender] = commitment;
        _lock(msg.sender, auction.bond);
        emit SealedCommitted(cardId, msg.sender, commitment);
    }

    /// @inheritdoc IExchangeExtension
    /// @dev Never paused: who could not reveal would lose a part of the bond.
    function revealBid(uint256 cardId, uint96 amount, bytes32 salt) external exit {
        CardSlot card = _cardIn(cardId, State.SEALED);
        bytes32 key = _sealedKey(cardId, card.nonce());
        SealedRecord memory auction = _sealed[key];
        if (block.timestamp < auction.commitUntil) revert TooEarly(auction.commitUntil);
        if (block.timestamp >= auction.revealUntil) revert TooLate(auction.revealUntil);
        bytes32 commitment = _commitments[key][msg.sender];
        if (commitment == 0) revert NothingCommitted(msg.sender);
        // The bidder is in the commitment: copied by another it opens nothing.
        if (commitment != keccak256(abi.encode(cardId, card.nonce(), msg.sender, amount, salt))) revert BadReveal();
        if (amount > PRICE_CAP) revert PriceAboveCap(amount, PRICE_CAP);
        delete _commitments[key][msg.sender];
        _unlock(msg.sender, auction.bond);
        bool leads = amount > auction.best && amount >= auction.second;
        if (leads) {
            _lock(msg.sender, amount);
            if (auction.leader != address(0)) {
                _unlock(auction.leader, auction.best);
                auction.second = auction.best;
            }
            (auction.leader, auction.best) = (msg.sender, amount);
            _sealed[key] = auction;
        } else if (amount > auction.second) {
            auction.second = amount;
            _sealed[key] = auction;
        }
        emit SealedRevealed(cardId, msg.sender, amount, leads);
    }

    /// @inheritdoc IExchangeExtension
    function settleSealed(uint256 cardId) external exit {
        CardSlot card = _cardIn(cardId, State.SEALED);
        SealedRecord storage stored = _sealed[_sealedKey(cardId, card.nonce())];
        SealedRecord memory auction = stored;
        if (block.timestamp < auction.revealUntil) revert TooEarly(auction.revealUntil);
        if (auction.leader == address(0)) {
            CardSlot freed = card.bumped().withState(State.ACTIVE);
            _store(cardId, freed);
            emit SaleUnwound(cardId, card.owner(), freed.nonce());
            return;
        }
        stored.best = 0;
        uint256 price = auction.secondPrice ? auction.second : auction.best;
        Purse memory purse = _purses[auction.leader];
        _setPurse(auction.leader, purse.free + auction.best - price, purse.locked - auction.best);
        _conclude(
            card,
            Sale(cardId, auction.leader, price, auction.feeBps, auction.charityBps, auction.charityId),
            auction.delivery
        );
    }

    /// @inheritdoc IExchangeExtension
    function forfeitBond(uint256 cardId, uint32 nonce, address bidder) external exit {
        bytes32 key = _sealedKey(cardId, nonce);
        SealedRecord memory auction = _sealed[key];
        if (_commitments[key][bidder] == 0) revert NothingCommitted(bidder);
        if (block.timestamp < auction.revealUntil) revert TooEarly(auction.revealUntil);
        delete _commitments[key][bidder];
        // An auction that fell has no window any more (`_unwind`), and nobody is to blame.
        uint96 penalty = auction.revealUntil == 0 ? 0 : uint96(auction.bond * FORFEIT_BPS / BPS);
        Purse memory purse = _purses[bidder];
        _setPurse(bidder, purse.free + auction.bond - penalty, purse.locked - auction.bond);
        if (penalty != 0) {
            Purse memory sellers = _purses[auction.seller];
            _setPurse(auction.seller, sellers.free + penalty, sellers.locked);
        }
        emit BondForfeited(cardId, nonce, bidder, penalty);
    }

    // ------------------------------------------------------------------ delivery M1

    /// @inheritdoc IExchangeExtension
    /// @dev Good until somebody has called `refundHold`: the buyer holds the new secret.
    function confirmReissue(Reissued calldata reissued, bytes calldata issuerSignature) external exit {
        CardSlot card = _cardIn(reissued.cardId, State.HELD);
        _requireOrder(card, reissued.nonce, reissued.deadline);
        (address issuer, uint16 class) = _requireSigner(SignerKind.ISSUER, reissued.hash(), issuerSignature);
        if (class != card.issuerClass()) revert BadSigner(issuer);
        HoldRecord memory held = _holds[reissued.cardId];
        if (reissued.buyer != held.buyer) revert BadTerms();
        delete _holds[reissued.cardId];
        address seller = card.owner();
        emit ReissueConfirmed(reissued.cardId, issuer, reissued.newCommit);
        // The seller has lost the secret and is paid. A buyer frozen in the meantime gets no card: it waits here, frozen,
        // for the desk's decision.
        if (_isAdmitted(held.buyer)) _transfer(reissued.cardId, card, held.buyer, State.ACTIVE);
        else _transfer(reissued.cardId, card, address(this), State.FROZEN);
        _shareHeld(
            Sale(reissued.cardId, held.buyer, held.price, held.feeBps, held.charityBps, held.charityId), seller
        );
    }

    /// @inheritdoc IExchangeExtension
    function refundHold(uint256 cardId) external exit {
        CardSlot card = _cardIn(cardId, State.HELD);
        uint40 until = _holds[cardId].until;
        if (block.timestamp < until) revert TooEarly(until);
        _unwindAndPay(cardId, card);
    }

    // ------------------------------------------------------------------ delivery M2

    /// @inheritdoc IExchangeExtension
    function proveWrongDelivery(DeliveryRecord calldata record, uint256 k, uint256 sx, uint256 sy) external exit {
        (bytes32 recordHash, uint256 bond) = _recorded(record);
        if (block.timestamp >= record.until) revert TooLate(record.until);
        CardSlot card = _card(record.cardId);
        State state = card.state();
        if (card.owner() != record.buyer || (state != State.ACTIVE && state != State.FROZEN)) {
            revert DeliveryAccepted();
        }
        if (Secp256k1.addressOfKey(k) != record.session) revert WrongKey();
        if (!_wrong(record, k, sx, sy)) revert DeliveryWasRight();
        delete _deliveries[recordHash];
        // Nobody can say who knows the secret now: no further sale before the desk has looked.
        _store(record.cardId, card.bumped().withState(State.FROZEN));
        emit IERC7943NonFungible.Frozen(record.buyer, record.cardId, true);
        emit WrongDelivery(record.cardId, recordHash, bond);
        Purse memory sellers = _purses[record.seller];
        _setPurse(record.seller, sellers.free, sellers.locked - bond);
        Purse memory buyers = _purses[record.buyer];
        _setPurse(record.buyer, buyers.free + bond, buyers.locked);
    }

    /// @dev Decrypts with S = kR as the buyer must have done. No point R: nobody can decrypt that, so it is wrong.
    function _wrong(DeliveryRecord calldata record, uint256 k, uint256 sx, uint256 sy) private pure returns (bool) {
        address shared = Secp256k1.times(record.secret.x, record.secret.v, k);
        if (shared == address(0)) return true;
        if (Secp256k1.addressOfPoint(sx, sy) != shared) revert WrongKey();
        bytes32[3] memory m;
        for (uint256 i = 0; i < 3; ++i) {
            m[i] = record.secret.c[i] ^ keccak256(abi.encode(sx, sy, record.cardId, i));
        }
        return keccak256(abi.encode(record.cardId, m[0], m[1], m[2])) != record.secretCommit;
    }

    /// @inheritdoc IExchangeExtension
    function releaseBond(DeliveryRecord calldata record) external exit {
        (bytes32 recordHash, uint256 bond) = _recorded(record);
        if (block.timestamp < record.until) revert TooEarly(record.until);
        delete _deliveries[recordHash];
        _unlock(record.seller, bond);
        emit BondReleased(record.cardId, recordHash, bond);
    }

    function _recorded(DeliveryRecord calldata record) private view returns (bytes32 recordHash, uint256 bond) {
        recordHash = keccak256(abi.encode(record));
        bond = _deliveries[recordHash];
        if (bond == 0) revert NoSuchRecord(recordHash);
    }

    /// @inheritdoc IExchangeExtension
    function attestBalance(BalanceAttest calldata attest, bytes calldata verifierSignature) external {
        _live(attest.cardId);
        (address verifier,) = _requireSigner(SignerKind.VERIFIER, attest.hash(), verifierSignature);
        if (attest.asOf > block.timestamp) revert NotStarted(attest.asOf);
        emit BalanceAttested(attest.cardId, verifier, attest.balance, attest.asOf);
        emit IERC4906.MetadataUpdate(attest.cardId);
    }

    /// @inheritdoc IExchangeExtension
    function permitMoney(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        try IERC20Permit(address(MONEY)).permit(owner, address(this), value, deadline, v, r, s) {} catch {}
    }

    // ------------------------------------------------------------------ emergency

    /// @inheritdoc IExchangeExtension
    function emergencyUnwind(uint256 cardId) external exit {
        uint256 opensAt = LOG_ANCHOR.anchoredAt() + EMERGENCY_SILENCE;
        if (block.timestamp < opensAt) revert NoEmergency(opensAt);
        _unwindAndPay(cardId, _card(cardId));
    }

    function _unwindAndPay(uint256 cardId, CardSlot card) private {
        (, address payee, uint256 amount) = _unwind(cardId, card);
        _pay(payee, amount);
    }

    // ------------------------------------------------------------------ desk: people and cards

    /// @inheritdoc IExchangeExtension
    function setKyc(KycWrite[] calldata writes) external restricted {
        for (uint256 i = 0; i < writes.length; ++i) {
            KycWrite calldata write = writes[i];
            _requireOutsider(write.account);
            _accounts[write.account] = _accounts[write.account].withKyc(write.until, write.tier);
            emit KycSet(write.account, write.until, write.tier);
        }
    }

    /// @inheritdoc IExchangeExtension
    function setAccountFrozen(address account, bool frozen, bytes32 caseHash) external restricted {
        _requireOutsider(account);
        if (caseHash == 0) revert CaseRequired(0);
        _accounts[account] = _accounts[account].withFrozen(frozen);
        emit AccountFrozen(account, frozen, caseHash);
    }

    /// @dev Not nobody, and not this contract, which holds split cards.
    function _requireOutsider(address account) private view {
        if (account == address(0) || account == address(this)) revert ZeroAddress();
    }

    /// @inheritdoc IExchangeExtension
    function fileCase(uint256 cardId, bytes32 caseHash) external restricted {
        _cases[cardId] = caseHash;
        emit CaseFiled(cardId, caseHash);
    }

    /// @notice Freezes the owner's card, ending a sale under way, or frees it. Uses up the filed case.
    function setFrozenTokens(address account, uint256 cardId, bool frozen) external restricted exit returns (bool) {
        CardSlot card = _live(cardId);
        if (card.owner() != account) revert IERC721Errors.ERC721IncorrectOwner(account, cardId, card.owner());
        _useCase(cardId);
        address payee;
        uint256 amount;
        State state = card.state();
        if (frozen && state != State.ACTIVE) (card, payee, amount) = _unwind(cardId, card);
        else if (!frozen && state != State.FROZEN) revert WrongState(cardId, state);
        _store(cardId, card.bumped().withState(frozen ? State.FROZEN : State.ACTIVE));
        emit IERC7943NonFungible.Frozen(account, cardId, frozen);
        _pay(payee, amount);
        return true;
    }

    /// @notice Takes a card by order, ending a sale under way and a freeze. Uses up the filed case.
    function forcedTransfer(address from, address to, uint256 cardId) external restricted exit returns (bool) {
        CardSlot card = _live(cardId);
        if (card.owner() != from) revert IERC721Errors.ERC721IncorrectOwner(from, cardId, card.owner());
        _useCase(cardId);
        if (!_isAdmitted(to)) revert IERC7943NonFungible.ERC7943CannotReceive(to);
        address payee;
        uint256 amount;
        State state = card.state();
        if (state == State.FROZEN) emit IERC7943NonFungible.Frozen(from, cardId, false);
        else if (state != State.ACTIVE) (card, payee, amount) = _unwind(cardId, card);
        _transfer(cardId, card, to, State.ACTIVE);
        emit IERC7943NonFungible.ForcedTransfer(from, to, cardId);
        _pay(payee, amount);
        return true;
    }

    function _useCase(uint256 cardId) private {
        bytes32 caseHash = _cases[cardId];
        if (caseHash == 0) revert CaseRequired(cardId);
        delete _cases[cardId];
        emit CaseActed(cardId, caseHash, msg.sig);
    }

    // ------------------------------------------------------------------ desk: keys, money, pause

    /// @inheritdoc IExchangeExtension
    function setSigner(address signer, Signer calldata entry) external restricted {
        if (signer == address(0)) revert ZeroAddress();
        if (entry.kind == SignerKind.NONE || entry.from >= entry.until) revert WindowInvalid();
        _signers[signer] = entry;
        emit SignerSet(signer, entry.kind, entry.from, entry.until, entry.issuerClass);
    }

    /// @inheritdoc IExchangeExtension
    function revokeSigner(address signer) external restricted {
        delete _signers[signer];
        emit SignerRevoked(signer);
    }

    /// @inheritdoc IExchangeExtension
    function setCharity(uint16 charityId, address payee) external restricted exit {
        if (payee == address(0)) revert ZeroAddress();
        Charity memory former = _charities[charityId];
        _charities[charityId] = Charity({payee: payee, credit: 0});
        emit CharitySet(charityId, payee);
        _payOut(charityId, former);
    }

    /// @inheritdoc IExchangeExtension
    function payCharity(uint16 charityId) external exit {
        Charity memory charity = _charities[charityId];
        _charities[charityId].credit = 0;
        _payOut(charityId, charity);
    }

    function _payOut(uint16 charityId, Charity memory charity) private {
        if (charity.credit == 0) return;
        emit CharityPaid(charityId, charity.payee, charity.credit);
        _unreserve(charity.credit);
        _pay(charity.payee, charity.credit);
    }

    /// @inheritdoc IExchangeExtension
    function setFeePayee(address payee) external restricted {
        if (payee == address(0)) revert ZeroAddress();
        _feePayee = payee;
        emit FeePayeeSet(payee);
    }

    /// @inheritdoc IExchangeExtension
    function sweepFees() external exit {
        address payee = _feePayee;
        if (payee == address(0)) revert ZeroAddress();
        _solvent();
        uint256 amount = MONEY.balanceOf(address(this)) - _reserved();
        emit FeesSwept(payee, amount);
        if (!Money.push(address(MONEY), payee, amount)) revert MoneyFailed();
    }

    /// @inheritdoc IExchangeExtension
    function pause() external restricted {
        uint256 coolUntil = uint256(_pausedUntil()) + PAUSE_TIME;
        if (block.timestamp < coolUntil) revert PauseCoolingDown(coolUntil);
        _setPausedUntil(block.timestamp + PAUSE_TIME);
    }

    /// @inheritdoc IExchangeExtension
    function unpause() external restricted {
        if (block.timestamp < _pausedUntil()) _setPausedUntil(block.timestamp);
    }

    /// @inheritdoc IExchangeExtension
    function setBaseUri(string calldata uri) external restricted {
        _baseUri = uri;
        emit BaseUriSet(uri);
        emit IERC4906.BatchMetadataUpdate(0, type(uint256).max);
    }

    // ------------------------------------------------------------------ ERC-721 metadata

    function name() external pure returns (string memory) {
        return "Huiquan Card";
    }

    function symbol() external pure returns (string memory) {
        return "HQC";
    }

    function tokenURI(uint256 cardId) external view returns (string memory) {
        _live(cardId);
        return string.concat(_baseUri, _decimal(cardId));
    }

    /// @dev OpenZeppelin's Strings needs the `mcopy` of cancun.
    function _decimal(uint256 value) private pure returns (string memory) {
        uint256 digits = 1;
        for (uint256 rest = value / 10; rest != 0; rest /= 10) ++digits;
        bytes memory text = new bytes(digits);
        for (; digits != 0; value /= 10) {
            text[--digits] = bytes1(uint8(48 + value % 10));
        }
        return string(text);
    }

    // ------------------------------------------------------------------ ERC-7943, 6454: who may move what

    /// @notice Frozen accounts may not send. A lapsed check does not keep anyone from selling what he has.
    function canSend(address account) public view returns (bool) {
        return !_accounts[account].frozen();
    }

    function canReceive(address account) public view returns (bool) {
        return _isAdmitted(account);
    }

    function getFrozenTokens(address account, uint256 cardId) external view returns (bool) {
        CardSlot card = _cards[_key(cardId)];
        return card.expiry() == uint40(cardId) && card.owner() == account && card.state() == State.FROZEN;
    }

    function canTransfer(address from, address to, uint256 cardId) public view returns (bool) {
        CardSlot card = _cards[_key(cardId)];
        return FEATURES & Features.TRANSFER != 0 && card.state() == State.ACTIVE && card.expiry() == uint40(cardId)
            && card.owner() == from && canSend(from) && canReceive(to);
    }

    /// @inheritdoc IERC6454
    function isTransferable(uint256 cardId, address from, address to) external view returns (bool) {
        if (from == address(0) && to != address(0)) return FEATURES & Features.MINT != 0 && canReceive(to);
        CardSlot card = _live(cardId);
        if (from == address(0)) return FEATURES & Features.TRANSFER != 0 && card.state() == State.ACTIVE;
        if (to == address(0)) return card.state() == State.ACTIVE && card.owner() == from && canSend(from);
        return canTransfer(from, to, cardId);
    }

    // ------------------------------------------------------------------ ERC-7858: expiry

    /// @inheritdoc IERC7858
    function expiryType() external pure returns (EXPIRY_TYPE) {
        return EXPIRY_TYPE.TIME_BASED;
    }

    /// @inheritdoc IERC7858
    function isTokenExpired(uint256 cardId) external view returns (bool) {
        uint40 expiry = _live(cardId).expiry();
        return expiry != 0 && block.timestamp >= expiry;
    }

    /// @inheritdoc IERC7858
    /// @dev Cards are valid from the start; 0 says so.
    function startTime(uint256 cardId) external view returns (uint256) {
        _live(cardId);
        return 0;
    }

    /// @inheritdoc IERC7858
    function endTime(uint256 cardId) external view returns (uint256) {
        return _live(cardId).expiry();
    }

    // ------------------------------------------------------------------ ERC-6672: redemptions at several shops

    /// @inheritdoc IERC6672
    function isRedeemed(address operator, bytes32 redemptionId, uint256 cardId) external view returns (bool) {
        return _redemptionAt[operator][cardId][redemptionId] != 0;
    }

    /// @inheritdoc IERC6672
    function getRedemptionIds(address operator, uint256 cardId) external view returns (bytes32[] memory) {
        bytes32[] memory ids = _redemptions[operator][cardId];
        if (ids.length == 0) revert NoSuchRedemption();
        return ids;
    }

    /// @inheritdoc IERC6672
    /// @dev The caller is the shop and writes only its own list; the card is neither moved nor locked.
    function redeem(bytes32 redemptionId, uint256 cardId, string calldata memo) external {
        CardSlot card = _sellable(cardId, block.timestamp);
        if (_redemptionAt[msg.sender][cardId][redemptionId] != 0) revert RedemptionExists();
        _redemptions[msg.sender][cardId].push(redemptionId);
        _redemptionAt[msg.sender][cardId][redemptionId] = _redemptions[msg.sender][cardId].length;
        emit Redeem(msg.sender, cardId, card.owner(), redemptionId, memo);
    }

    /// @inheritdoc IERC6672
    function cancel(bytes32 redemptionId, uint256 cardId, string calldata memo) external {
        uint256 place = _redemptionAt[msg.sender][cardId][redemptionId];
        if (place == 0) revert NoSuchRedemption();
        bytes32[] storage ids = _redemptions[msg.sender][cardId];
        bytes32 last = ids[ids.length - 1];
        ids[place - 1] = last;
        _redemptionAt[msg.sender][cardId][last] = place;
        ids.pop();
        delete _redemptionAt[msg.sender][cardId][redemptionId];
        emit Cancel(msg.sender, cardId, redemptionId, memo);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IExchangeExtension
    function cardOf(uint256 cardId) external view returns (CardRecord memory) {
        CardSlot card = _card(cardId);
        return CardRecord(card.owner(), card.nonce(), card.expiry(), card.state(), card.issuerClass());
    }

    /// @inheritdoc IExchangeExtension
    function accountOf(address account) external view returns (AccountRecord memory) {
        AccountSlot slot = _accounts[account];
        return AccountRecord(slot.balance(), slot.kycUntil(), slot.epoch(), slot.tier(), slot.frozen());
    }

    /// @inheritdoc IExchangeExtension
    function purseOf(address account) external view returns (uint128 free, uint128 locked) {
        return (_purses[account].free, _purses[account].locked);
    }

    /// @inheritdoc IExchangeExtension
    function auctionOf(uint256 cardId) external view returns (AuctionRecord memory) {
        return _auctions[cardId];
    }

    /// @inheritdoc IExchangeExtension
    function sealedOf(uint256 cardId, uint32 nonce) external view returns (SealedRecord memory) {
        return _sealed[_sealedKey(cardId, nonce)];
    }

    /// @inheritdoc IExchangeExtension
    function commitmentOf(uint256 cardId, uint32 nonce, address bidder) external view returns (bytes32) {
        return _commitments[_sealedKey(cardId, nonce)][bidder];
    }

    /// @inheritdoc IExchangeExtension
    function holdOf(uint256 cardId) external view returns (HoldRecord memory) {
        return _holds[cardId];
    }

    /// @inheritdoc IExchangeExtension
    function deliveryBondOf(bytes32 recordHash) external view returns (uint96 bond) {
        return uint96(_deliveries[recordHash]);
    }

    /// @inheritdoc IExchangeExtension
    function fractionOf(uint256 shareId) external view returns (FractionRecord memory) {
        return _fractions[shareId];
    }

    /// @inheritdoc IExchangeExtension
    function shareIdOf(uint256 cardId) external view returns (uint256) {
        return _shareId(cardId, _cardIn(cardId, State.FRACTION).nonce());
    }

    /// @inheritdoc IExchangeExtension
    function sharesOf(uint256 shareId, address holder) external view returns (uint256) {
        return _shares[shareId][holder];
    }

    /// @inheritdoc IExchangeExtension
    function signerOf(address signer) external view returns (Signer memory) {
        return _signers[signer];
    }

    /// @inheritdoc IExchangeExtension
    function charityOf(uint16 charityId) external view returns (address payee, uint96 credit) {
        return (_charities[charityId].payee, _charities[charityId].credit);
    }

    /// @inheritdoc IExchangeExtension
    function caseOf(uint256 cardId) external view returns (bytes32) {
        return _cases[cardId];
    }

    /// @inheritdoc IExchangeExtension
    function houseOf() external view returns (uint128 reserved, uint40 pausedUntil) {
        return (uint128(_reserved()), _pausedUntil());
    }

    /// @inheritdoc IExchangeExtension
    function feePayee() external view returns (address) {
        return _feePayee;
    }

    /// @inheritdoc IExchangeExtension
    /// @dev The authority is the deployment's; `authority()` says who it is now.
    function config() external view returns (Config memory) {
        return Config({
            money: address(MONEY),
            authority: AUTHORITY,
            logAnchor: address(LOG_ANCHOR),
            features: FEATURES,
            priceCap: PRICE_CAP == type(uint96).max ? 0 : uint96(PRICE_CAP),
            approvalUntil: APPROVAL_UNTIL == type(uint40).max ? 0 : uint40(APPROVAL_UNTIL),
            approvalId: APPROVAL_ID
        });
    }

    /// @inheritdoc IExchangeExtension
    function hashAttest(Attest calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeExtension
    function hashBatchAttest(BatchAttest calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeExtension
    function hashListing(Listing calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeExtension
    function hashDutchTerms(DutchTerms calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeExtension
    function hashAuctionTerms(AuctionTerms calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeExtension
    function hashSealedTerms(SealedTerms calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeExtension
    function hashBid(Bid calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeExtension
    function hashSwapOffer(SwapOffer calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeExtension
    function hashReissued(Reissued calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeExtension
    function hashBalanceAttest(BalanceAttest calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }
}
