// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ExchangeBase} from "./ExchangeBase.sol";
import {IExchangeDesk} from "./IExchange.sol";
import {Treasury} from "./Treasury.sol";
import {IERC6454, IERC6672, IERC7858, IERC7943NonFungible} from "./interfaces/Standards.sol";
import {AccountSlot} from "./lib/AccountSlot.sol";
import {CardSlot} from "./lib/CardSlot.sol";
import {Features} from "./lib/Features.sol";
import {Money} from "./lib/Money.sol";
import {Orders} from "./lib/Orders.sol";

/// @title The desk of the exchange (roles in the AccessManager), the smaller standards, and the views.
/// @dev Runs at the exchange's address by delegatecall, as `ExchangeExtension` does, and is as useless when called directly.
/// No function here moves a user's money, except what falls due when a sale under way is ended by order: to its bidder.
contract ExchangeDesk is AccessManaged, ExchangeBase, IExchangeDesk, IERC5267, IERC6672, IERC7858, IERC6454 {
    using Orders for *;

    uint256 private constant CHARITIES_MAX = 64;

    constructor(Config memory config_) AccessManaged(config_.authority) ExchangeBase(config_) {
        _enter();
    }

    // ------------------------------------------------------------------ desk: people and cards

    /// @inheritdoc IExchangeDesk
    function setKyc(KycWrite[] calldata writes) external restricted {
        for (uint256 i = 0; i < writes.length; ++i) {
            KycWrite calldata write = writes[i];
            _requireOutsider(write.account);
            _accounts[write.account] = _accounts[write.account].withKyc(write.until, write.tier);
            emit KycSet(write.account, write.until, write.tier);
        }
    }

    /// @inheritdoc IExchangeDesk
    function setAccountFrozen(address account, bool frozen, bytes32 caseHash) external restricted {
        _requireOutsider(account);
        if (caseHash == 0) revert CaseRequired(0);
        _accounts[account] = _accounts[account].withFrozen(frozen);
        emit AccountFrozen(account, frozen, caseHash);
    }

    /// @inheritdoc IExchangeDesk
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
        if (state == State.FROZEN) {
            emit IERC7943NonFungible.Frozen(from, cardId, false);
            card = card.bumped();
        } else if (state != State.ACTIVE) {
            (card, payee, amount) = _unwind(cardId, card);
        }
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

    /// @inheritdoc IExchangeDesk
    function attestBalance(BalanceAttest calldata attest, bytes calldata verifierSignature) external {
        _live(attest.cardId);
        (address verifier,) = _requireSigner(SignerKind.VERIFIER, attest.hash(), verifierSignature);
        if (attest.asOf > block.timestamp) revert NotStarted(attest.asOf);
        emit BalanceAttested(attest.cardId, verifier, attest.balance, attest.asOf);
        emit IERC4906.MetadataUpdate(attest.cardId);
    }

    /// @inheritdoc IExchangeDesk
    function permitMoney(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        try IERC20Permit(address(MONEY)).permit(owner, address(this), value, deadline, v, r, s) {} catch {}
    }

    // ------------------------------------------------------------------ desk: keys, money, pause

    /// @inheritdoc IExchangeDesk
    function setSigner(address signer, Signer calldata entry) external restricted {
        if (signer == address(0)) revert ZeroAddress();
        if (entry.kind == SignerKind.NONE || entry.from >= entry.until) revert WindowInvalid();
        _signers[signer] = entry;
        emit SignerSet(signer, entry.kind, entry.from, entry.until, entry.issuerClass);
    }

    /// @inheritdoc IExchangeDesk
    function revokeSigner(address signer) external restricted {
        delete _signers[signer];
        emit SignerRevoked(signer);
    }

    /// @inheritdoc IExchangeDesk
    function setCharity(uint16 charityId, address payee) external restricted exit {
        _requireOutsider(payee);
        uint256 former = _charities[charityId];
        if (former == 0) {
            // Sweeping adds up what they are all owed.
            if (_charityIds.length == CHARITIES_MAX) revert BadTerms();
            _charityIds.push(charityId);
        }
        _charities[charityId] = uint160(payee);
        emit CharitySet(charityId, payee);
        _payOut(charityId, former);
    }

    /// @inheritdoc IExchangeDesk
    function payCharity(uint16 charityId) external exit {
        uint256 charity = _charities[charityId];
        _charities[charityId] = uint160(charity);
        _payOut(charityId, charity);
    }

    /// @param charity the word as it was: who and how much
    function _payOut(uint16 charityId, uint256 charity) private {
        (address payee, uint96 credit) = (address(uint160(charity)), uint96(charity >> 160));
        if (credit == 0) return;
        emit CharityPaid(charityId, payee, credit);
        _flush();
        if (Treasury(_treasury).pay(payee, credit)) return;
        // The money refuses this payee: it waits in his purse.
        uint256 before = Money.balanceOf(address(MONEY), address(this));
        if (!Treasury(_treasury).pay(address(this), credit)) revert MoneyFailed();
        uint256 got = Money.balanceOf(address(MONEY), address(this)) - before;
        if (got < credit) revert Insolvent(got, credit);
        _credit(payee, credit);
    }

    /// @dev What sales paid from here owe to the treasury goes there.
    function _flush() private {
        uint256 owed = _owed();
        _house -= owed;
        if (!Money.push(address(MONEY), _treasury, owed)) revert MoneyFailed();
    }

    /// @inheritdoc IExchangeDesk
    function setFeePayee(address payee) external restricted {
        _requireOutsider(payee);
        _feePayee = payee;
        emit FeePayeeSet(payee);
    }

    /// @inheritdoc IExchangeDesk
    function sweepFees() external exit {
        address payee = _feePayee;
        if (payee == address(0)) revert ZeroAddress();
        _flush();
        uint256 gifts;
        for (uint256 i = 0; i < _charityIds.length; ++i) {
            gifts += _charities[_charityIds[i]] >> 160;
        }
        uint256 amount = Money.balanceOf(address(MONEY), _treasury);
        if (amount < gifts) revert Insolvent(amount, gifts);
        unchecked {
            amount -= gifts;
        }
        emit FeesSwept(payee, amount);
        if (!Treasury(_treasury).pay(payee, amount)) revert MoneyFailed();
    }

    /// @inheritdoc IExchangeDesk
    function pause() external restricted exit {
        uint256 coolUntil = uint256(_pausedUntil()) + PAUSE_TIME;
        if (block.timestamp < coolUntil) revert PauseCoolingDown(coolUntil);
        _setPausedUntil(block.timestamp + PAUSE_TIME);
    }

    /// @inheritdoc IExchangeDesk
    function unpause() external restricted exit {
        if (block.timestamp < _pausedUntil()) _setPausedUntil(block.timestamp);
    }

    /// @inheritdoc IExchangeDesk
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
        for (uint256 rest = value / 10; rest != 0; rest /= 10) {
            ++digits;
        }
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

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return _eip712Domain();
    }

    /// @inheritdoc IExchangeDesk
    function cardOf(uint256 cardId) external view returns (CardRecord memory) {
        CardSlot card = _card(cardId);
        return CardRecord(card.owner(), card.nonce(), card.expiry(), card.state(), card.issuerClass());
    }

    /// @inheritdoc IExchangeDesk
    function accountOf(address account) external view returns (AccountRecord memory) {
        AccountSlot slot = _accounts[account];
        return AccountRecord(slot.balance(), slot.kycUntil(), slot.epoch(), slot.tier(), slot.frozen());
    }

    /// @inheritdoc IExchangeDesk
    function purseOf(address account) external view returns (uint128 free, uint128 locked) {
        return (_purses[account].free, _purses[account].locked);
    }

    /// @inheritdoc IExchangeDesk
    function auctionOf(uint256 cardId) external view returns (AuctionRecord memory) {
        return _auctions[cardId].read(EXTENSION_MAX);
    }

    /// @inheritdoc IExchangeDesk
    function sealedOf(uint256 cardId, uint32 nonce) external view returns (SealedRecord memory) {
        return _sealed[_sealedKey(cardId, nonce)];
    }

    /// @inheritdoc IExchangeDesk
    function commitmentOf(uint256 cardId, uint32 nonce, address bidder) external view returns (bytes32) {
        return _commitments[_sealedKey(cardId, nonce)][bidder];
    }

    /// @inheritdoc IExchangeDesk
    function holdOf(uint256 cardId) external view returns (HoldRecord memory) {
        return _holds[cardId];
    }

    /// @inheritdoc IExchangeDesk
    function deliveryBondOf(bytes32 recordHash) external view returns (uint96 bond) {
        return uint96(_deliveries[recordHash]);
    }

    /// @inheritdoc IExchangeDesk
    function fractionOf(uint256 shareId) external view returns (FractionRecord memory) {
        Fraction memory f = _fractions[shareId];
        (uint96 floor, uint96 proceeds) = f.boughtOut ? (uint96(0), f.money) : (f.money, uint96(0));
        return FractionRecord(f.supply, floor, proceeds, f.feeBps, f.rest);
    }

    /// @inheritdoc IExchangeDesk
    function shareIdOf(uint256 cardId) external view returns (uint256) {
        return _shareId(cardId, _cardIn(cardId, State.FRACTION).nonce());
    }

    /// @inheritdoc IExchangeDesk
    function sharesOf(uint256 shareId, address holder) external view returns (uint256) {
        return _shares[shareId][holder];
    }

    /// @inheritdoc IExchangeDesk
    function signerOf(address signer) external view returns (Signer memory) {
        return _signers[signer];
    }

    /// @inheritdoc IExchangeDesk
    function charityOf(uint16 charityId) external view returns (address payee, uint96 credit) {
        uint256 charity = _charities[charityId];
        return (address(uint160(charity)), uint96(charity >> 160));
    }

    /// @inheritdoc IExchangeDesk
    function caseOf(uint256 cardId) external view returns (bytes32) {
        return _cases[cardId];
    }

    /// @inheritdoc IExchangeDesk
    function houseOf() external view returns (uint128 owed, uint40 pausedUntil, address treasury) {
        return (uint128(_owed()), _pausedUntil(), _treasury);
    }

    /// @inheritdoc IExchangeDesk
    function feePayee() external view returns (address) {
        return _feePayee;
    }

    /// @inheritdoc IExchangeDesk
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

    /// @inheritdoc IExchangeDesk
    function hashAttest(Attest calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeDesk
    function hashBatchAttest(BatchAttest calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeDesk
    function hashListing(Listing calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeDesk
    function hashDutchTerms(DutchTerms calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeDesk
    function hashAuctionTerms(AuctionTerms calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeDesk
    function hashSealedTerms(SealedTerms calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeDesk
    function hashBid(Bid calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeDesk
    function hashSwapOffer(SwapOffer calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeDesk
    function hashReissued(Reissued calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IExchangeDesk
    function hashBalanceAttest(BalanceAttest calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }
}
